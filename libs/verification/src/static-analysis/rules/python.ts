import { anyOf, type StaticRule } from '../rule.js';

const languages = ['python'] as const;

const BUILT = {
  any: [
    { kind: 'string', has: { kind: 'interpolation' } },
    { kind: 'binary_operator' },
    { kind: 'call', has: { field: 'function', regex: '\\.format$' } },
  ],
};

/** Rules for Python. */
export const pythonRules: readonly StaticRule[] = [
  {
    id: 'py-shell-command',
    weakness: 'command injection',
    cwe: 78,
    languages,
    message: 'A shell runs a command put together from parts; pass a list and leave shell off.',
    rule: anyOf('os.system($CMD)', 'os.popen($CMD)', 'commands.getoutput($CMD)'),
    constraints: { CMD: { not: { kind: 'string', not: { has: { kind: 'interpolation' } } } } },
  },
  {
    id: 'py-subprocess-shell',
    weakness: 'command injection',
    cwe: 78,
    languages,
    message: 'shell=True hands the command to a shell; pass a list instead.',
    rule: {
      kind: 'call',
      all: [
        {
          has: {
            field: 'function',
            regex: '^(subprocess\\.)?(run|call|check_call|check_output|Popen)$',
          },
        },
        {
          has: {
            field: 'arguments',
            has: { kind: 'keyword_argument', regex: '^shell\\s*=\\s*True$' },
          },
        },
      ],
    },
  },
  {
    id: 'py-eval',
    weakness: 'code injection',
    cwe: 95,
    languages,
    message: 'A value that is not constant is run as code; ast.literal_eval reads literals.',
    rule: anyOf('eval($CODE)', 'exec($CODE)'),
    constraints: { CODE: { not: { kind: 'string', not: { has: { kind: 'interpolation' } } } } },
  },
  {
    id: 'py-sql-built',
    weakness: 'SQL injection',
    cwe: 89,
    languages,
    message: 'SQL is put together from parts; pass values as parameters.',
    rule: anyOf(
      '$DB.execute($SQL)',
      '$DB.execute($SQL, $$$)',
      '$DB.executemany($SQL, $$$)',
      '$DB.raw($SQL)',
    ),
    constraints: {
      SQL: { all: [BUILT, { regex: '(?i)\\b(select|insert|update|delete|drop|alter|where)\\b' }] },
    },
  },
  {
    id: 'py-path-from-request',
    weakness: 'path traversal',
    cwe: 22,
    languages,
    message: 'A path comes from a request; resolve it and check that it stays in its folder.',
    rule: {
      kind: 'call',
      all: [
        {
          has: {
            field: 'function',
            regex: '^(open|send_file|os\\.remove|os\\.unlink|shutil\\.rmtree)$',
          },
        },
        {
          has: {
            field: 'arguments',
            has: {
              stopBy: 'end',
              regex:
                '^(flask\\.)?request\\.(args|form|values|json|files|GET|POST|params|query_params)',
            },
          },
        },
      ],
    },
  },
  {
    id: 'py-weak-hash',
    weakness: 'weak cryptography',
    cwe: 327,
    languages,
    message: 'MD5 and SHA-1, DES, RC4 and ECB are broken; use SHA-256 or AES-GCM.',
    rule: {
      kind: 'call',
      all: [
        {
          has: {
            field: 'function',
            regex: '^(hashlib\\.(md5|sha1|md4)|DES3?\\.new|ARC4\\.new|MD5\\.new|SHA\\.new)$',
          },
        },
        { not: { regex: 'usedforsecurity\\s*=\\s*False' } },
      ],
    },
  },
  {
    id: 'py-unsafe-deserialisation',
    weakness: 'unsafe deserialisation',
    cwe: 502,
    languages,
    message: 'pickle, marshal and yaml.load run code of their input; use json or yaml.safe_load.',
    rule: {
      kind: 'call',
      any: [
        {
          has: {
            field: 'function',
            regex: '^(c?[Pp]ickle|dill|shelve|marshal|jsonpickle)\\.(loads?|open|decode)$',
          },
        },
        {
          all: [
            { has: { field: 'function', regex: '^yaml\\.(load|load_all|unsafe_load|full_load)$' } },
            { not: { regex: 'Safe_?Loader|CSafeLoader' } },
          ],
        },
      ],
    },
  },
  {
    id: 'py-tls-off',
    weakness: 'disabled TLS check',
    cwe: 295,
    languages,
    message: 'Certificates are not checked; trust the right authority instead.',
    rule: {
      any: [
        { kind: 'keyword_argument', regex: '^verify\\s*=\\s*False$' },
        { kind: 'call', has: { field: 'function', regex: '^ssl\\._create_unverified_context$' } },
        {
          kind: 'assignment',
          regex:
            '(check_hostname\\s*=\\s*False|verify_mode\\s*=\\s*ssl\\.CERT_NONE|_create_default_https_context\\s*=\\s*ssl\\._create_unverified_context)',
        },
      ],
    },
  },
  {
    id: 'py-xml-entities',
    weakness: 'XML external entities',
    cwe: 611,
    languages,
    message: 'The parser resolves external entities; use defusedxml, or resolve_entities=False.',
    rule: {
      any: [
        { kind: 'keyword_argument', regex: '^resolve_entities\\s*=\\s*True$' },
        {
          kind: 'call',
          has: {
            field: 'function',
            regex:
              '^xml\\.(sax\\.(parse|parseString|make_parser)|dom\\.(minidom|pulldom)\\.(parse|parseString))$',
          },
        },
      ],
    },
  },
  {
    id: 'py-hard-coded-credential',
    weakness: 'hard-coded credential',
    cwe: 798,
    languages,
    message: 'A credential is written in the code; read it from the environment.',
    rule: {
      kind: 'assignment',
      all: [
        {
          has: {
            field: 'left',
            regex: '(?i)(password|passwd|secret|secret_key|api_?key|access_?token|auth_?token)$',
          },
        },
        {
          has: {
            field: 'right',
            kind: 'string',
            regex: '^.{10,}$',
            not: { has: { kind: 'interpolation' } },
          },
        },
        {
          not: {
            regex:
              '(?i)(example|placeholder|changeme|change-me|your[-_ ]|xxxx|<|\\*\\*|environ|getenv|enter|invalid|required)',
          },
        },
      ],
    },
  },
];
