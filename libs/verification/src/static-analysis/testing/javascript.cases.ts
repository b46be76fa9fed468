import type { RuleCase } from './rule-case.js';

/** Cases of the rules for JavaScript and TypeScript. */
export const JAVASCRIPT_CASES: readonly RuleCase[] = [
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
];
