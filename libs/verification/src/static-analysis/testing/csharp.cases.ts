import type { RuleCase } from './rule-case.js';

/** Cases of the rules for C#. */
export const CSHARP_CASES: readonly RuleCase[] = [
  {
    rule: 'cs-shell-command',
    file: 'A.cs',
    bad: ['Process.Start("sh", "-c " + command);', 'new ProcessStartInfo($"ls {dir}");'],
    good: ['Process.Start("ls");'],
  },
  {
    rule: 'cs-sql-built',
    file: 'A.cs',
    bad: [
      'new SqlCommand("SELECT * FROM t WHERE id = " + id);',
      'db.Database.ExecuteSqlRaw($"DELETE FROM t WHERE id = {id}");',
    ],
    good: [
      'new SqlCommand("SELECT * FROM t WHERE id = @id");',
      'db.Database.ExecuteSqlInterpolated($"DELETE FROM t WHERE id = {id}");',
    ],
  },
  {
    rule: 'cs-path-from-request',
    file: 'A.cs',
    bad: ['File.ReadAllText(Path.Combine(root, Request.Query["f"]));'],
    good: ['File.ReadAllText(name);'],
  },
  {
    rule: 'cs-weak-crypto',
    file: 'A.cs',
    bad: ['MD5.Create();', 'new DESCryptoServiceProvider();', 'aes.Mode = CipherMode.ECB;'],
    good: ['SHA256.Create();'],
  },
  {
    rule: 'cs-unsafe-deserialisation',
    file: 'A.cs',
    bad: ['new BinaryFormatter();', 's.TypeNameHandling = TypeNameHandling.All;'],
    good: ['JsonSerializer.Deserialize<A>(text);', 's.TypeNameHandling = TypeNameHandling.None;'],
  },
  {
    rule: 'cs-tls-off',
    file: 'A.cs',
    bad: [
      'h.ServerCertificateCustomValidationCallback = (a, b, c, d) => true;',
      'h.ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator;',
    ],
    good: ['h.ServerCertificateCustomValidationCallback = Check;'],
  },
  {
    rule: 'cs-xml-entities',
    file: 'A.cs',
    bad: ['s.DtdProcessing = DtdProcessing.Parse;', 'd.XmlResolver = new XmlUrlResolver();'],
    good: ['s.DtdProcessing = DtdProcessing.Prohibit;'],
  },
  {
    rule: 'cs-hard-coded-credential',
    file: 'A.cs',
    bad: ['var dbPassword = "correct-horse-1";'],
    good: ['var password = configuration["Password"];'],
  },
];
