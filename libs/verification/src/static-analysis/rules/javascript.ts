import { anyOf, firstArgument, type StaticRule } from '../rule.js';

const languages = ['javascript', 'typescript', 'tsx'] as const;

/** A text that is put together from parts that may come from outside. */
const BUILT = {
  any: [
    { kind: 'template_string', has: { kind: 'template_substitution' } },
    { kind: 'binary_expression', regex: '["\'`]\\s*\\+|\\+\\s*["\'`]' },
  ],
};

/** Rules for JavaScript and TypeScript. */
export const javascriptRules: readonly StaticRule[] = [
  {
    id: 'js-shell-command',
    weakness: 'command injection',
    cwe: 78,
    languages,
    message: 'A shell runs a command put together from parts; use execFile or spawn with a list.',
    rule: firstArgument(
      'exec',
      'execSync',
      'child_process.exec',
      'child_process.execSync',
      'cp.exec',
      'cp.execSync',
    ),
    constraints: { FIRST: BUILT },
  },
  {
    id: 'js-spawn-shell',
    weakness: 'command injection',
    cwe: 78,
    languages,
    message: 'shell: true hands every argument to a shell; leave it out.',
    rule: {
      kind: 'call_expression',
      all: [
        { has: { field: 'function', regex: '(^|\\.)(spawn|spawnSync|execFile|execFileSync)$' } },
        {
          has: {
            field: 'arguments',
            has: {
              kind: 'object',
              has: {
                kind: 'pair',
                all: [
                  { has: { field: 'key', regex: '^[\'"]?shell[\'"]?$' } },
                  { has: { field: 'value', regex: '^true$' } },
                ],
              },
            },
          },
        },
      ],
    },
  },
  {
    id: 'js-eval',
    weakness: 'code injection',
    cwe: 95,
    languages,
    message: 'A value that is not constant is run as code.',
    rule: {
      any: [
        { pattern: 'eval($CODE)' },
        { kind: 'new_expression', has: { field: 'constructor', regex: '^Function$' } },
      ],
      not: { regex: '^eval\\(\\s*([\'"][^\'"]*[\'"]|\\d+)\\s*\\)$' },
    },
  },
  {
    id: 'js-sql-built',
    weakness: 'SQL injection',
    cwe: 89,
    languages,
    message: 'SQL is put together from parts; pass values as parameters.',
    rule: firstArgument(
      '$DB.query',
      '$DB.execute',
      '$DB.raw',
      '$DB.$queryRawUnsafe',
      '$DB.$executeRawUnsafe',
    ),
    constraints: {
      FIRST: {
        all: [BUILT, { regex: '(?i)\\b(select|insert|update|delete|drop|alter|where)\\b' }],
      },
    },
  },
  {
    id: 'js-path-from-request',
    weakness: 'path traversal',
    cwe: 22,
    languages,
    message: 'A path comes from a request; resolve it and check that it stays in its folder.',
    rule: {
      kind: 'call_expression',
      all: [
        {
          has: {
            field: 'function',
            regex:
              '(^|\\.)(readFile|readFileSync|writeFile|writeFileSync|createReadStream|createWriteStream|unlink|unlinkSync|sendFile|rm|rmSync)$',
          },
        },
        {
          has: {
            field: 'arguments',
            has: {
              stopBy: 'end',
              kind: 'member_expression',
              regex: '^(req|request|ctx)\\.(params|query|body|headers|url)',
            },
          },
        },
      ],
    },
  },
  {
    id: 'js-weak-hash',
    weakness: 'weak cryptography',
    cwe: 327,
    languages,
    message: 'MD5, SHA-1, DES and RC4 are broken; use SHA-256 or AES-GCM.',
    rule: anyOf(
      'createHash($ALG)',
      '$C.createHash($ALG)',
      'createCipheriv($ALG, $$$)',
      '$C.createCipheriv($ALG, $$$)',
    ),
    constraints: {
      ALG: { regex: '(?i)^[\'"](md5|md4|sha-?1|des|rc4|des-[a-z0-9-]*|.*-ecb)[\'"]$' },
    },
  },
  {
    id: 'js-tls-off',
    weakness: 'disabled TLS check',
    cwe: 295,
    languages,
    message: 'Certificates are not checked; trust the right authority instead.',
    rule: {
      any: [
        {
          kind: 'pair',
          all: [
            { has: { field: 'key', regex: '^[\'"]?rejectUnauthorized[\'"]?$' } },
            { has: { field: 'value', regex: '^false$' } },
          ],
        },
        { kind: 'assignment_expression', regex: 'NODE_TLS_REJECT_UNAUTHORIZED.*=\\s*[\'"]?0' },
      ],
    },
  },
  {
    id: 'js-unsafe-deserialisation',
    weakness: 'unsafe deserialisation',
    cwe: 502,
    languages,
    message: 'This deserialiser can run code of its input; use JSON.parse and a schema.',
    rule: anyOf('$S.unserialize($$$)', 'unserialize($$$)', '$V.deserialize($$$)'),
    constraints: { S: { regex: '(?i)serialize' }, V: { regex: '^v8$' } },
  },
  {
    id: 'js-xml-entities',
    weakness: 'XML external entities',
    cwe: 611,
    languages,
    message: 'The XML parser expands entities; leave noent off.',
    rule: {
      kind: 'pair',
      all: [
        {
          has: {
            field: 'key',
            regex: '^[\'"]?(noent|resolveExternalEntities|expandEntities)[\'"]?$',
          },
        },
        { has: { field: 'value', regex: '^true$' } },
      ],
    },
  },
  {
    id: 'js-hard-coded-credential',
    weakness: 'hard-coded credential',
    cwe: 798,
    languages,
    message: 'A credential is written in the code; read it from the configuration.',
    rule: {
      any: [
        {
          kind: 'variable_declarator',
          all: [
            {
              has: {
                field: 'name',
                regex: '(?i)(password|passwd|secret|api_?key|access_?token|auth_?token)$',
              },
            },
            { has: { field: 'value', kind: 'string', regex: '^.{10,}$' } },
          ],
        },
        {
          kind: 'pair',
          all: [
            {
              has: {
                field: 'key',
                regex: '(?i)(password|passwd|secret|api_?key|access_?token|auth_?token)[\'"]?$',
              },
            },
            { has: { field: 'value', kind: 'string', regex: '^.{10,}$' } },
          ],
        },
      ],
      not: {
        regex:
          '(?i)(example|placeholder|changeme|change-me|your[-_ ]|xxxx|<|\\*\\*|process\\.env|enter|invalid|required|label)',
      },
    },
  },
];
