import type { RuleCase } from './rule-case.js';

/** Cases of the rules for Python. */
export const PYTHON_CASES: readonly RuleCase[] = [
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
];
