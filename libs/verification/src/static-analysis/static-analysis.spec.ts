import { describe, expect, it } from '@jest/globals';
import { analyseChange } from './analyse-change.js';
import { analyseFile, languageOf } from './analyse.js';
import { STATIC_RULES } from './rules.js';

/** For each rule code that it finds and code that it leaves alone, by file extension. */
const CASES: readonly { rule: string; file: string; bad: string[]; good: string[] }[] = [
  {
    rule: 'js-shell-command',
    file: 'a.ts',
    bad: ['exec(`ls ${dir}`)', "child_process.execSync('rm ' + name)"],
    good: ["execFile('ls', [dir])", "exec('ls')", 'pattern.exec(`a${b}`)'],
  },
  {
    rule: 'js-spawn-shell',
    file: 'a.js',
    bad: ["spawn('x', args, { shell: true })"],
    good: ["spawn('x', args, { shell: false })", "spawn('x', args)"],
  },
  {
    rule: 'js-eval',
    file: 'a.tsx',
    bad: ['eval(code)', "new Function('a', body)"],
    good: ["eval('1')", 'evaluate(code)'],
  },
  {
    rule: 'js-sql-built',
    file: 'a.ts',
    bad: [
      "db.query('SELECT * FROM t WHERE id=' + id)",
      'pool.query(`delete from t where id = ${id}`)',
    ],
    good: ["db.query('SELECT * FROM t WHERE id = $1', [id])", 'cache.query(`key-${id}`)'],
  },
  {
    rule: 'js-path-from-request',
    file: 'a.js',
    bad: ['fs.readFile(path.join(root, req.params.name))', 'res.sendFile(req.query.file)'],
    good: ['fs.readFile(path.join(root, name))'],
  },
  {
    rule: 'js-weak-hash',
    file: 'a.ts',
    bad: ["crypto.createHash('md5')", 'createCipheriv("des-ede3", k, iv)'],
    good: ["createHash('sha256')", "createCipheriv('aes-256-gcm', k, iv)"],
  },
  {
    rule: 'js-tls-off',
    file: 'a.ts',
    bad: [
      'new Agent({ rejectUnauthorized: false })',
      "process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'",
    ],
    good: ['new Agent({ rejectUnauthorized: true })'],
  },
  {
    rule: 'js-unsafe-deserialisation',
    file: 'a.js',
    bad: ['serialize.unserialize(body)', 'v8.deserialize(buffer)'],
    good: ['JSON.parse(body)'],
  },
  {
    rule: 'js-xml-entities',
    file: 'a.js',
    bad: ['libxml.parseXml(x, { noent: true })'],
    good: ['libxml.parseXml(x, { noent: false })'],
  },
  {
    rule: 'js-hard-coded-credential',
    file: 'a.ts',
    bad: ["const dbPassword = 'correct-horse-1';", "connect({ apiKey: 'a1b2c3d4e5f6' })"],
    good: [
      'const password = process.env.DB_PASSWORD;',
      "const password = 'enter your password';",
      "const passwordLabel = 'abcdefghijkl';",
    ],
  },
  {
    rule: 'py-shell-command',
    file: 'a.py',
    bad: ['os.system("rm " + name)', 'os.popen(f"ls {name}")'],
    good: ['os.system("ls")'],
  },
  {
    rule: 'py-subprocess-shell',
    file: 'a.py',
    bad: ['subprocess.run(cmd, shell=True)'],
    good: ['subprocess.run(["ls", name])', 'subprocess.run(cmd, shell=False)'],
  },
  {
    rule: 'py-eval',
    file: 'a.py',
    bad: ['eval(expr)', 'exec(f"x = {y}")'],
    good: ['eval("1 + 1")', 'ast.literal_eval(expr)'],
  },
  {
    rule: 'py-sql-built',
    file: 'a.py',
    bad: [
      'cur.execute("SELECT * FROM t WHERE id = %s" % id)',
      'cur.execute(f"DELETE FROM t WHERE id = {id}")',
      'cur.execute("select * from t where a={}".format(a), x)',
    ],
    good: ['cur.execute("SELECT * FROM t WHERE id = %s", (id,))'],
  },
  {
    rule: 'py-path-from-request',
    file: 'a.py',
    bad: ['open(os.path.join(root, request.args["f"]))', 'send_file(request.form.get("p"))'],
    good: ['open(name)'],
  },
  {
    rule: 'py-weak-hash',
    file: 'a.py',
    bad: ['hashlib.md5(data)', 'DES.new(key)'],
    good: ['hashlib.sha256(data)', 'hashlib.md5(data, usedforsecurity=False)'],
  },
  {
    rule: 'py-unsafe-deserialisation',
    file: 'a.py',
    bad: ['pickle.loads(data)', 'yaml.load(f)'],
    good: ['yaml.safe_load(f)', 'yaml.load(f, Loader=yaml.SafeLoader)', 'json.loads(data)'],
  },
  {
    rule: 'py-tls-off',
    file: 'a.py',
    bad: ['requests.get(url, verify=False)', 'ctx.verify_mode = ssl.CERT_NONE'],
    good: ['requests.get(url, verify=True)'],
  },
  {
    rule: 'py-xml-entities',
    file: 'a.py',
    bad: ['etree.XMLParser(resolve_entities=True)', 'xml.sax.parseString(x, h)'],
    good: ['etree.XMLParser(resolve_entities=False)'],
  },
  {
    rule: 'py-hard-coded-credential',
    file: 'a.py',
    bad: ['DB_PASSWORD = "correct-horse-1"'],
    good: ['DB_PASSWORD = os.environ["DB_PASSWORD"]', 'PASSWORD = "changeme-please"'],
  },
  {
    rule: 'java-shell-command',
    file: 'A.java',
    bad: ['Runtime.getRuntime().exec("ls " + dir);'],
    good: ['new ProcessBuilder("ls", dir).start();', 'Runtime.getRuntime().exec("ls");'],
  },
  {
    rule: 'java-sql-built',
    file: 'A.java',
    bad: ['st.executeQuery("SELECT * FROM t WHERE id = " + id);'],
    good: ['c.prepareStatement("SELECT * FROM t WHERE id = ?");'],
  },
  {
    rule: 'java-path-from-request',
    file: 'A.java',
    bad: ['new File(root, request.getParameter("f"));', 'Paths.get(request.getHeader("x"));'],
    good: ['new File(root, name);'],
  },
  {
    rule: 'java-weak-crypto',
    file: 'A.java',
    bad: [
      'MessageDigest.getInstance("MD5");',
      'Cipher.getInstance("DES/CBC/PKCS5Padding");',
      'Cipher.getInstance("AES");',
    ],
    good: ['MessageDigest.getInstance("SHA-256");', 'Cipher.getInstance("AES/GCM/NoPadding");'],
  },
  {
    rule: 'java-unsafe-deserialisation',
    file: 'A.java',
    bad: ['in.readObject();', 'new ObjectInputStream(s);'],
    good: ['mapper.readValue(s, A.class);'],
  },
  {
    rule: 'java-tls-off',
    file: 'A.java',
    bad: [
      'c.setHostnameVerifier((h, s) -> true);',
      'b.setSSLHostnameVerifier(NoopHostnameVerifier.INSTANCE);',
    ],
    good: ['c.setHostnameVerifier(strict);'],
  },
  {
    rule: 'java-xml-entities',
    file: 'A.java',
    bad: ['DocumentBuilderFactory.newInstance();'],
    good: [
      'DocumentBuilderFactory f = DocumentBuilderFactory.newInstance(); f.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);',
    ],
  },
  {
    rule: 'java-hard-coded-credential',
    file: 'A.java',
    bad: ['String dbPassword = "correct-horse-1";'],
    good: [
      'String password = System.getenv("DB_PASSWORD");',
      'String password = "${db.password}";',
    ],
  },
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

function fileOf(name: string, code: string): string {
  if (name.endsWith('.java')) return `class A { void m() {\n${code}\n} }`;
  return name.endsWith('.cs') ? `class A { void M() {\n${code}\n} }` : code;
}

describe('our rules', () => {
  it.each(CASES)(
    '$rule finds what it is for and nothing else',
    async ({ rule, file, bad, good }) => {
      for (const code of bad) {
        const found = await analyseFile(`src/${file}`, fileOf(file, code));
        expect({ code, rules: found.map((finding) => finding.rule) }).toEqual({
          code,
          rules: expect.arrayContaining([rule]),
        });
      }
      for (const code of good) {
        expect({ code, found: await analyseFile(`src/${file}`, fileOf(file, code)) }).toEqual({
          code,
          found: [],
        });
      }
    },
  );

  it('have a case each', () => {
    expect(new Set(STATIC_RULES.map(({ id }) => id))).toEqual(
      new Set(CASES.map(({ rule }) => rule)),
    );
  });

  it('leave tests and other languages alone', () => {
    expect(languageOf('test/a.py')).toBeUndefined();
    expect(languageOf('src/a.spec.ts')).toBeUndefined();
    expect(languageOf('src/a.rb')).toBeUndefined();
    expect(languageOf('src/latest/a.py')).toBe('python');
  });
});

describe('a change', () => {
  const bad = 'import os\nos.system("rm " + name)\n';

  it('answers only for what the base did not have, wherever it moved', async () => {
    const before = await analyseChange([{ path: 'a.py', before: bad, after: `# one\n\n${bad}` }]);
    expect(before.findings).toEqual([]);
    expect(before.analysed).toBe(1);
    const twice = await analyseChange([{ path: 'a.py', before: bad, after: bad + bad }]);
    expect(twice.findings).toMatchObject([
      { path: 'a.py', line: 4, rule: 'py-shell-command', cwe: 78 },
    ]);
  });

  it('names the files it has no rules for', async () => {
    const { findings, without } = await analyseChange([
      { path: 'a.rb', after: 'system("rm #{x}")' },
      { path: 'README.md', after: '# x' },
    ]);
    expect(findings).toEqual([]);
    expect(without).toEqual(['a.rb']);
  });

  it('never shows the credential it found', async () => {
    const after = 'const apiKey = "zx81-credential-value";';
    const { findings } = await analyseChange([{ path: 'a.ts', after }]);
    expect(findings).toHaveLength(1);
    expect(JSON.stringify(findings)).not.toContain('zx81');
  });
});
