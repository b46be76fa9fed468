import { CREDENTIAL_NAME, type StaticRule } from '../rule.js';

const languages = ['java'] as const;

const callOf = (object: string, name: string, args: object = {}) => ({
  kind: 'method_invocation',
  all: [
    ...(object === '' ? [] : [{ has: { field: 'object', regex: object } }]),
    { has: { field: 'name', regex: name } },
    ...(Object.keys(args).length === 0 ? [] : [{ has: { field: 'arguments', ...args } }]),
  ],
});
const BUILT = {
  has: { stopBy: 'end', kind: 'binary_expression', has: { kind: 'string_literal', stopBy: 'end' } },
};

/** Rules for Java. */
export const javaRules: readonly StaticRule[] = [
  {
    id: 'java-shell-command',
    weakness: 'command injection',
    cwe: 78,
    languages,
    message: 'A command is put together from parts; use ProcessBuilder with a list.',
    rule: callOf('', '^exec$', BUILT),
  },
  {
    id: 'java-sql-built',
    weakness: 'SQL injection',
    cwe: 89,
    languages,
    message: 'SQL is put together from parts; use a PreparedStatement with parameters.',
    rule: callOf(
      '',
      '^(execute|executeQuery|executeUpdate|prepareStatement|createQuery|createNativeQuery|queryForObject|queryForList|query|update)$',
      { all: [BUILT, { regex: '(?i)"\\s*(select|insert|update|delete|drop|alter)\\b' }] },
    ),
  },
  {
    id: 'java-path-from-request',
    weakness: 'path traversal',
    cwe: 22,
    languages,
    message: 'A path comes from a request; normalise it and check that it stays in its folder.',
    rule: {
      any: [
        {
          kind: 'object_creation_expression',
          all: [
            {
              has: {
                field: 'type',
                regex: '^(File|FileInputStream|FileOutputStream|FileReader|FileWriter)$',
              },
            },
            {
              has: {
                field: 'arguments',
                regex: 'getParameter\\(|getHeader\\(|getPathInfo\\(|getOriginalFilename\\(',
              },
            },
          ],
        },
        callOf('^(Paths|Path|Files)$', '^(get|of|readAllBytes|readString|delete)$', {
          regex: 'getParameter\\(|getHeader\\(|getPathInfo\\(|getOriginalFilename\\(',
        }),
      ],
    },
  },
  {
    id: 'java-weak-crypto',
    weakness: 'weak cryptography',
    cwe: 327,
    languages,
    message: 'MD5, SHA-1, DES, RC4 and ECB are broken; use SHA-256 or AES/GCM.',
    rule: callOf('^(MessageDigest|Cipher|KeyGenerator|Mac)$', '^getInstance$', {
      regex:
        '(?i)"(md[245]|sha-?1|des(ede)?(/[^"]*)?|rc[24]|arcfour|blowfish|aes|aes/ecb/[^"]*|hmacmd5)"',
    }),
  },
  {
    id: 'java-unsafe-deserialisation',
    weakness: 'unsafe deserialisation',
    cwe: 502,
    languages,
    message: 'Java serialisation runs code of its input; use JSON with fixed types.',
    rule: {
      any: [
        callOf('', '^(readObject|readUnshared|enableDefaultTyping)$'),
        {
          kind: 'object_creation_expression',
          has: { field: 'type', regex: '^(ObjectInputStream|XMLDecoder)$' },
        },
      ],
    },
  },
  {
    id: 'java-tls-off',
    weakness: 'disabled TLS check',
    cwe: 295,
    languages,
    message: 'Certificates or host names are not checked; trust the right authority instead.',
    rule: {
      any: [
        {
          kind: 'method_declaration',
          all: [
            { has: { field: 'name', regex: '^(checkServerTrusted|checkClientTrusted)$' } },
            { has: { field: 'body', regex: '^\\{\\s*\\}$' } },
          ],
        },
        {
          kind: 'identifier',
          regex: '^(NoopHostnameVerifier|TrustAllStrategy|ALLOW_ALL_HOSTNAME_VERIFIER)$',
        },
        callOf('', '^set(Default)?HostnameVerifier$', { regex: '->\\s*true' }),
      ],
    },
  },
  {
    id: 'java-xml-entities',
    weakness: 'XML external entities',
    cwe: 611,
    languages,
    message:
      'The parser resolves external entities unless told not to; disallow doctype declarations.',
    rule: {
      all: [
        callOf(
          '^(DocumentBuilderFactory|SAXParserFactory|XMLInputFactory|TransformerFactory|SchemaFactory)$',
          '^(newInstance|newFactory|newDefaultInstance)$',
        ),
        {
          not: {
            inside: {
              stopBy: 'end',
              kind: 'method_declaration',
              regex:
                'disallow-doctype-decl|SUPPORT_DTD|ACCESS_EXTERNAL_DTD|FEATURE_SECURE_PROCESSING|IS_SUPPORTING_EXTERNAL_ENTITIES',
            },
          },
        },
      ],
    },
  },
  {
    id: 'java-hard-coded-credential',
    weakness: 'hard-coded credential',
    cwe: 798,
    languages,
    message: 'A credential is written in the code; read it from the configuration.',
    rule: {
      kind: 'variable_declarator',
      all: [
        {
          has: {
            field: 'name',
            regex: CREDENTIAL_NAME,
          },
        },
        { has: { field: 'value', kind: 'string_literal', regex: '^.{10,}$' } },
        {
          not: {
            regex:
              '(?i)(example|placeholder|changeme|change-me|your[-_ ]|xxxx|<|\\*\\*|\\$\\{|enter|invalid|required)',
          },
        },
      ],
    },
  },
];
