import { CREDENTIAL_NAME, type StaticRule } from '../rule.js';

const languages = ['csharp'] as const;

const BUILT = {
  any: [
    {
      has: {
        stopBy: 'end',
        kind: 'interpolated_string_expression',
        has: { kind: 'interpolation' },
      },
    },
    {
      has: {
        stopBy: 'end',
        kind: 'binary_expression',
        has: { kind: 'string_literal', stopBy: 'end' },
      },
    },
  ],
};
const callOf = (name: string, args: object = {}) => ({
  kind: 'invocation_expression',
  all: [
    { has: { field: 'function', regex: name } },
    ...(Object.keys(args).length === 0 ? [] : [{ has: { field: 'arguments', ...args } }]),
  ],
});
const makes = (type: string, args: object = {}) => ({
  kind: 'object_creation_expression',
  all: [
    { has: { field: 'type', regex: type } },
    ...(Object.keys(args).length === 0 ? [] : [{ has: { field: 'arguments', ...args } }]),
  ],
});
const SQL = { all: [BUILT, { regex: '(?i)"\\s*(select|insert|update|delete|drop|alter)\\b' }] };

/** Rules for C#. */
export const csharpRules: readonly StaticRule[] = [
  {
    id: 'cs-shell-command',
    weakness: 'command injection',
    cwe: 78,
    languages,
    message: 'A command line is put together from parts; use ArgumentList.',
    rule: {
      any: [
        callOf('(^|\\.)Process\\.Start$', BUILT),
        makes('^(System\\.Diagnostics\\.)?ProcessStartInfo$', BUILT),
      ],
    },
  },
  {
    id: 'cs-sql-built',
    weakness: 'SQL injection',
    cwe: 89,
    languages,
    message: 'SQL is put together from parts; pass values as parameters.',
    rule: {
      any: [
        makes('(^|\\.)\\w*Command$', SQL),
        callOf('(ExecuteSqlRaw(Async)?|FromSqlRaw|Query(Async)?|Execute(Async)?)(<[^>]*>)?$', SQL),
        {
          kind: 'assignment_expression',
          all: [{ has: { field: 'left', regex: 'CommandText$' } }, SQL],
        },
      ],
    },
  },
  {
    id: 'cs-path-from-request',
    weakness: 'path traversal',
    cwe: 22,
    languages,
    message: 'A path comes from a request; use GetFullPath and check that it stays in its folder.',
    rule: callOf('(^|\\.)(File|Directory)\\.(\\w+)$', { regex: 'Request\\.|\\.FileName' }),
  },
  {
    id: 'cs-weak-crypto',
    weakness: 'weak cryptography',
    cwe: 327,
    languages,
    message: 'MD5, SHA-1, DES, RC2 and ECB are broken; use SHA-256 or AES-GCM.',
    rule: {
      any: [
        callOf('(^|\\.)(MD5|SHA1|DES|TripleDES|RC2)\\.(Create|HashData)$'),
        makes('(^|\\.)(MD5|SHA1|DES|TripleDES|RC2)(CryptoServiceProvider|Managed|Cng)?$'),
        { kind: 'member_access_expression', regex: '^CipherMode\\.ECB$' },
      ],
    },
  },
  {
    id: 'cs-unsafe-deserialisation',
    weakness: 'unsafe deserialisation',
    cwe: 502,
    languages,
    message: 'This deserialiser can make any type of its input; use System.Text.Json.',
    rule: {
      any: [
        makes(
          '(^|\\.)(BinaryFormatter|SoapFormatter|NetDataContractSerializer|LosFormatter|ObjectStateFormatter)$',
        ),
        {
          kind: 'member_access_expression',
          regex: '^TypeNameHandling\\.(All|Auto|Objects|Arrays)$',
        },
      ],
    },
  },
  {
    id: 'cs-tls-off',
    weakness: 'disabled TLS check',
    cwe: 295,
    languages,
    message: 'Certificates are not checked; trust the right authority instead.',
    rule: {
      any: [
        {
          kind: 'assignment_expression',
          all: [
            {
              has: {
                field: 'left',
                regex:
                  '(ServerCertificateValidationCallback|ServerCertificateCustomValidationCallback)$',
              },
            },
            {
              has: {
                field: 'right',
                regex:
                  '=>\\s*(\\{\\s*return\\s+)?true|DangerousAcceptAnyServerCertificateValidator',
              },
            },
          ],
        },
      ],
    },
  },
  {
    id: 'cs-xml-entities',
    weakness: 'XML external entities',
    cwe: 611,
    languages,
    message:
      'The parser reads external entities; keep DtdProcessing prohibited and the resolver null.',
    rule: {
      any: [
        { kind: 'member_access_expression', regex: '^DtdProcessing\\.Parse$' },
        makes('(^|\\.)XmlUrlResolver$'),
      ],
    },
  },
  {
    id: 'cs-hard-coded-credential',
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
        { has: { kind: 'string_literal', regex: '^.{10,}$' } },
        {
          not: {
            regex:
              '(?i)(example|placeholder|changeme|change-me|your[-_ ]|xxxx|<|\\*\\*|enter|invalid|required)',
          },
        },
      ],
    },
  },
];
