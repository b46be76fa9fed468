import { afterEach, describe, expect, it } from '@jest/globals';
import { ProcessDriver } from '@hil/sandbox';
import { removeTrees, tree } from '../spec-support/trees.js';
import {
  type Check,
  type Problem,
  type ProblemFormat,
  compareProblems,
  problemText,
} from './check.js';
import { detectChecks } from './detect-checks.js';
import { mavenWithoutChecks } from './maven-linters.js';
import { inModules } from './module-files.js';
import { runCheck } from './run-check.js';
import { parseProblems } from './problem-formats.js';
import { suiteForCheck } from './suite-for-check.js';

const place = { root: '/workspace', cwd: 'app' };
const parse = (format: ProblemFormat, stdout: string, exitCode = 1, stderr = '') =>
  parseProblems(format, { stdout, stderr, exitCode }, place);

describe('parseProblems', () => {
  it.each<[ProblemFormat, string, Problem]>([
    [
      'eslint-json',
      '[{"filePath":"/workspace/app/a.ts","messages":[{"ruleId":"no-var","severity":2,"message":"Unexpected var.","line":3}]}]',
      { file: 'app/a.ts', line: 3, rule: 'no-var', message: 'Unexpected var.' },
    ],
    [
      'biome-github',
      '::error title=lint/style/useConst,file=a.ts,line=3,endLine=3,col=1,endColumn=4::This let is never reassigned.',
      {
        file: 'app/a.ts',
        line: 3,
        rule: 'lint/style/useConst',
        message: 'This let is never reassigned.',
      },
    ],
    [
      'tsc',
      "a.ts(3,7): error TS2322: Type 'string' is not assignable to type 'number'.",
      {
        file: 'app/a.ts',
        line: 3,
        rule: 'TS2322',
        message: "Type 'string' is not assignable to type 'number'.",
      },
    ],
    [
      'ruff-json',
      '[{"code":"F401","filename":"/workspace/app/a.py","location":{"row":1,"column":8},"message":"`os` imported but unused"}]',
      { file: 'app/a.py', line: 1, rule: 'F401', message: '`os` imported but unused' },
    ],
    [
      'lines',
      './a.py:1:1: F401 unused',
      { file: 'app/a.py', line: 1, rule: 'F401', message: 'unused' },
    ],
    [
      'mypy',
      'a.py:4: error: Incompatible return value type  [return-value]',
      {
        file: 'app/a.py',
        line: 4,
        rule: 'return-value',
        message: 'Incompatible return value type',
      },
    ],
    [
      'pyright-json',
      '{"generalDiagnostics":[{"file":"/workspace/app/a.py","severity":"error","message":"no","rule":"reportX","range":{"start":{"line":3}}},{"severity":"warning"}]}',
      { file: 'app/a.py', line: 4, rule: 'reportX', message: 'no' },
    ],
    [
      'maven',
      '[ERROR] /workspace/app/src/A.java:[12,3] cannot find symbol\n[ERROR] /workspace/app/src/A.java:[12,3] cannot find symbol',
      { file: 'app/src/A.java', line: 12, message: 'cannot find symbol' },
    ],
    // Maven 3.8.7 with checkstyle 3.3.0 and spotbugs 4.7.3.6 on apache/commons-cli 1.6.0 with a planted class.
    [
      'checkstyle',
      "[INFO] There are 6 errors reported by Checkstyle 10.12.4 with src/conf/checkstyle.xml ruleset.\n[ERROR] src/main/java/org/apache/commons/cli/Planted.java:[4,42] (blocks) LeftCurly: '{' at column 35 should have line break after.",
      {
        file: 'app/src/main/java/org/apache/commons/cli/Planted.java',
        line: 4,
        rule: 'LeftCurly',
        message: "'{' at column 35 should have line break after.",
      },
    ],
    [
      'spotbugs',
      '[INFO] Total bugs: 3\n[ERROR] High: Null pointer dereference of a in org.apache.commons.cli.Planted.f(String) [org.apache.commons.cli.Planted] Dereferenced at Planted.java:[line 4] NP_ALWAYS_NULL',
      {
        file: 'app/src/main/java/org/apache/commons/cli/Planted.java',
        line: 4,
        rule: 'NP_ALWAYS_NULL',
        message: 'Null pointer dereference of a in org.apache.commons.cli.Planted.f(String)',
      },
    ],
    [
      'msbuild',
      '/workspace/app/A.cs(3,7): error CS0103: The name x does not exist [/workspace/app/A.csproj]',
      { file: 'app/A.cs', line: 3, rule: 'CS0103', message: 'The name x does not exist' },
    ],
  ])('reads %s', (format, output, problem) => {
    expect(parse(format, output)).toEqual([problem]);
  });

  it('reads the names prettier prints, and its syntax errors', () => {
    expect(
      parse('prettier', 'Checking formatting...', 1, '[warn] a.ts\n[error] b.ts: SyntaxError: x'),
    ).toEqual([
      { file: 'app/a.ts', message: 'is not formatted by prettier' },
      { file: 'app/b.ts', message: 'SyntaxError: x' },
    ]);
  });

  it.each<ProblemFormat>([
    'eslint-json',
    'tsc',
    'mypy',
    'maven',
    'checkstyle',
    'spotbugs',
    'prettier',
    'ruff-json',
  ])('says that %s broke instead of taking it for clean', (format) => {
    expect(parse(format, 'Oops! Something went wrong', 2)).toBeNull();
  });
});

describe('inModules', () => {
  it('finds the module of a file, and the source folder of a package', async () => {
    const root = tree({
      'app/core/src/main/java/com/acme/A.java': '',
      'app/web/src/com/acme/web/B.java': '',
      'elsewhere/src/main/java/com/acme/C.java': '',
    });
    const files = ['A', 'web/B', 'C'].map((name) => ({
      file: `app/src/main/java/com/acme/${name}.java`,
      message: 'bad',
    }));
    expect((await inModules(root, 'app', files)).map(({ file }) => file)).toEqual([
      'app/core/src/main/java/com/acme/A.java',
      'app/web/src/com/acme/web/B.java',
      'app/src/main/java/com/acme/C.java',
    ]);
  });

  it('takes no module for a file that several have', async () => {
    const source = 'src/main/java/com/acme/Main.java';
    const root = tree({
      [`core/${source}`]: '',
      [`web/${source}`]: '',
      'web/src/gen/Main.java': '',
    });
    const problems = await inModules(root, '.', [
      { file: source, message: 'bad' },
      { file: 'src/main/java/com/acme/web/Main.java', message: 'bad' },
      { file: 'src/main/java/gen/Main.java', line: 1, message: 'bad' },
      { file: 'src/main/java/gen/Main.java', line: 2, message: 'bad' },
      { file: `web/${source}`, message: 'bad' },
      { message: 'of the whole' },
    ]);
    expect(problems.map(({ file }) => file)).toEqual([
      source,
      'src/main/java/com/acme/web/Main.java',
      'web/src/gen/Main.java',
      'web/src/gen/Main.java',
      `web/${source}`,
      undefined,
    ]);
  });
});

describe('compareProblems', () => {
  const problem = (line: number, message = 'unused'): Problem => ({
    file: 'a.ts',
    line,
    rule: 'r',
    message,
  });

  it('knows a problem again on another line, and counts each once', () => {
    const { fresh, known, fixed } = compareProblems(
      [problem(1), problem(9, 'gone')],
      [problem(5), problem(7)],
    );
    expect({ fresh, known, fixed }).toEqual({ fresh: [problem(7)], known: 1, fixed: 1 });
    expect(fresh.map(problemText)).toEqual(['a.ts:7: unused (r)']);
  });
});

describe('detectChecks', () => {
  afterEach(removeTrees);

  it('lists only what the repository configures, linters on the changed files alone', async () => {
    const root = tree({
      'package.json': '{"devDependencies":{"prettier":"3"}}',
      'eslint.config.mjs': '',
      'tsconfig.json': '{}',
      'pyproject.toml': '[tool.ruff]\n',
    });
    const checks = await detectChecks(root, { changedFiles: ['src/a.ts', 'b.py', 'README.md'] });
    expect(checks.map(({ tool, files, reason }) => [tool, files, reason])).toEqual([
      ['eslint', ['src/a.ts'], 'eslint.config.mjs configures it'],
      ['tsc', undefined, 'tsconfig.json configures it'],
      ['ruff', ['b.py'], 'pyproject.toml configures it'],
    ]);
  });

  it('runs checkstyle and spotbugs where the build configures them and Java changed', async () => {
    const pom = '<artifactId>maven-checkstyle-plugin</artifactId>';
    const root = tree({ 'pom.xml': pom });
    const tools = async (path: string) =>
      (await detectChecks(root, { changedFiles: [path] })).map(({ tool }) => tool);
    expect(await tools('src/A.java')).toEqual(['maven compile', 'checkstyle']);
    expect(await tools('README.md')).toEqual([]);
    const [, checkstyle] = await detectChecks(root, { changedFiles: ['src/A.java'] });
    if (checkstyle === undefined) throw new Error('checkstyle was not found');
    // Without its plugin it would break; nothing is started then.
    const driver = new ProcessDriver();
    expect(await runCheck({ check: checkstyle, workspace: root, driver })).toEqual({
      status: 'not_run',
      reason: expect.stringContaining('plugin of checkstyle could not be resolved'),
    });
    expect(mavenWithoutChecks('checkstyle')).not.toContain('-Dcheckstyle.skip');
    expect(mavenWithoutChecks('checkstyle')).toContain('-Dspotbugs.skip');
  });

  it('knows what linters of a repository without tests need installed', async () => {
    const root = tree({
      'package.json': '{"devDependencies":{"eslint":"9"}}',
      'package-lock.json': '{}',
      'tools/pyproject.toml': '[tool.ruff]\n',
      'tools/requirements.txt': 'ruff\n',
    });
    const plan = async (tool: string, needs: Check['needs'], cwd: string) =>
      (await suiteForCheck(root, { tool, needs, cwd }))?.installPlan;
    expect(await plan('eslint', 'node', '.')).toMatchObject({
      manager: 'npm',
      summary: 'npm ci --ignore-scripts',
      inputs: ['package-lock.json', 'package.json'],
    });
    expect(await plan('ruff', 'python', 'tools')).toMatchObject({
      manager: 'pip',
      root: 'tools',
      inputs: ['tools/pyproject.toml', 'tools/requirements.txt'],
    });
    expect(await suiteForCheck(root, { tool: 'eslint', needs: 'node', cwd: 'tools' })).toBeNull();
    expect(await suiteForCheck(root, { tool: 'make', needs: 'none', cwd: '.' })).toBeNull();
  });

  it('takes the checks of .hil.yml instead', async () => {
    const root = tree({
      'tsconfig.json': '{}',
      'package.json': '{}',
      '.hil.yml': 'checks:\n  - name: custom\n    command: make lint\n    kind: typecheck\n',
    });
    expect(await detectChecks(root, { changedFiles: [] })).toMatchObject([
      { tool: 'custom', kind: 'typecheck', argv: ['sh', '-c', 'make lint'] },
    ]);
  });
});
