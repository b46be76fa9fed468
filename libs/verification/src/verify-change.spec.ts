import { describe, expect, it } from '@jest/globals';
import type { TestSummary } from '@hil/contracts';
import {
  criteriaOf,
  fileIsChanged,
  forAPerson,
  readCriterion,
  sensitiveKind,
  verifyChange,
  type ChangedFile,
  type VerifyChangeInput,
} from './index.js';

const passed: TestSummary = {
  status: 'passed',
  message: '12 passed',
  new_failures: [],
  fixed: [],
  known_failures: [],
};

function file(path: string, after = 'export const a = 1;\n'): ChangedFile {
  return { path, status: 'modified', diff: '@@ -1,1 +1,1 @@\n-x\n+y\n', after };
}

function verify(changes: Partial<VerifyChangeInput> = {}) {
  return verifyChange({
    files: [file('src/a.js')],
    criteria: [fileIsChanged('src/a.js')],
    tests: passed,
    approvedFiles: ['src/a.js'],
    approvedBy: 'person',
    // Nothing is installed there.
    toolPath: '',
    ...changes,
  });
}

const statusOf = (result: Awaited<ReturnType<typeof verify>>, check: string) =>
  result.items.find((item) => item.check === check)?.status;

describe('verifyChange', () => {
  it('is ready when every check passes', async () => {
    const result = await verify();
    expect(result.verdict).toBe('ready');
    expect(result.items.map((item) => `${item.status} ${item.check}`)).toEqual([
      'passed criterion: `src/a.js` is changed',
      'passed tests',
      'not_run coverage of changed lines',
      'passed approved files',
      'passed database migrations',
      'passed dependencies',
      'passed licence files',
      'passed CI files',
      'passed secrets',
      'not_run gitleaks',
      'passed static analysis',
      'passed eslint-plugin-security',
    ]);
  });

  it('is not ready when a criterion is not met', async () => {
    const result = await verify({ criteria: [fileIsChanged('src/b.js')] });
    expect(result.verdict).toBe('not_ready');
    expect(result.items[0]).toMatchObject({
      status: 'failed',
      message: 'src/b.js is not in the diff',
    });
  });

  it('needs a person for a criterion no program can judge', async () => {
    const result = await verify({ criteria: [forAPerson('reads well')] });
    expect(result.verdict).toBe('needs_person');
    expect(result.items[0]?.status).toBe('unknown');
  });

  it('needs a person when a criterion breaks while it is judged', async () => {
    const broken = { text: 'broken', judge: () => Promise.reject(new Error('boom')) };
    expect((await verify({ criteria: [broken] })).verdict).toBe('needs_person');
  });

  it('is not ready with a failure that is new', async () => {
    const tests: TestSummary = { ...passed, status: 'failed', new_failures: ['adds'] };
    const result = await verify({ tests });
    expect(result.verdict).toBe('not_ready');
    expect(result.items[1]?.message).toBe('new failures: adds');
  });

  it('is ready with failures that were there before, and names them', async () => {
    const tests: TestSummary = { ...passed, status: 'failed', known_failures: ['old one'] };
    const result = await verify({ tests });
    expect(result.verdict).toBe('ready');
    expect(result.items[1]?.message).toContain('1 failed before too: old one');
  });

  it('needs a person when nothing passes before or after: such tests tell nothing', async () => {
    const after = { passed: 0, failed: 1, skipped: 0, errors: 0 };
    const red: TestSummary = { ...passed, status: 'failed', known_failures: ['old one'], after };
    const result = await verify({ tests: red });
    expect(result.verdict).toBe('needs_person');
    expect(statusOf(result, 'tests')).toBe('unknown');
    const some = await verify({ tests: { ...red, after: { ...after, passed: 1 } } });
    expect(some.verdict).toBe('ready');
  });

  it.each([
    [0, 'nothing passes, before or after the change, so'],
    [
      3,
      'nothing passes after the change, though 3 did before (deleted, skipped or flaky since), so',
    ],
    [undefined, 'nothing passes after the change, so'],
  ])('says of a change after which nothing passes that %p did before', async (before, words) => {
    const after = { passed: 0, failed: 1, skipped: 0, errors: 0 };
    const baseline = before === undefined ? {} : { baseline: { ...after, passed: before } };
    const tests: TestSummary = { ...passed, status: 'failed', known_failures: ['old'], after };
    const result = await verify({ tests: { ...tests, ...baseline } });
    expect(result.verdict).toBe('needs_person');
    expect(result.items[1]?.message.startsWith(words)).toBe(true);
  });

  it('is not ready when the test run broke without naming a failure', async () => {
    expect((await verify({ tests: { ...passed, status: 'failed' } })).verdict).toBe('not_ready');
  });

  it('asks a person about new complaints of a tool, and stops nothing for known ones', async () => {
    const tool = {
      kind: 'typecheck' as const,
      tool: 'tsc',
      status: 'failed' as const,
      message: '1 new problem, 2 known',
      new_problems: ['src/a.ts:3: no (TS1)'],
      known_problems: 2,
      fixed_problems: 0,
    };
    const result = await verify({ tests: { ...passed, checks: [tool] } });
    expect(result.verdict).toBe('needs_person');
    expect(result.items.find(({ check }) => check === 'tsc')?.message).toContain('src/a.ts:3');
    const known = { ...tool, status: 'passed' as const, new_problems: [] };
    expect((await verify({ tests: { ...passed, checks: [known] } })).verdict).toBe('ready');
  });

  it('says not_run with the reason, never passed, for tests that did not run', async () => {
    const notRun = await verify({ tests: { ...passed, status: 'not_run', message: 'no sandbox' } });
    expect(statusOf(notRun, 'tests')).toBe('not_run');
    expect(notRun.verdict).toBe('needs_person');
    const none = await verify({ tests: { ...passed, status: 'no_tests', message: 'no tests' } });
    expect(statusOf(none, 'tests')).toBe('not_run');
    expect(none.verdict).toBe('ready');
  });

  it('is not ready when a file outside the approved ones changed, old names of renames included', async () => {
    const files: ChangedFile[] = [
      { ...file('src/a.js'), status: 'renamed', oldPath: 'src/old.js' },
    ];
    const result = await verify({ files });
    expect(result.verdict).toBe('not_ready');
    expect(statusOf(result, 'approved files')).toBe('failed');
  });

  it.each([
    ['prisma/migrations/001/migration.sql', 'database migrations'],
    ['package.json', 'dependencies'],
    ['.github/workflows/ci.yml', 'CI files'],
  ])('lets only a person approve %s', async (path, check) => {
    const input = { files: [file(path)], criteria: [], approvedFiles: [path] };
    const byPolicy = await verify({ ...input, approvedBy: 'policy' });
    expect(byPolicy.verdict).toBe('needs_person');
    expect(statusOf(byPolicy, check)).toBe('unknown');
    expect((await verify({ ...input, approvedBy: 'person' })).verdict).toBe('ready');
  });

  it('is not ready with a secret in the diff or in the text of the pull request', async () => {
    const token = ['gh', 'p_', 'wWPw5k4aXcaT4fNP', '0UcnZwJUVFk6LO0pINUx'].join('');
    const diff = `@@ -1,1 +1,1 @@\n-x\n+const t = "${token}"\n`;
    const inDiff = await verify({ files: [{ ...file('src/a.js'), diff }] });
    expect(inDiff.verdict).toBe('not_ready');
    expect(inDiff.secrets).toMatchObject([{ where: 'src/a.js', line: 1 }]);
    expect(JSON.stringify(inDiff)).not.toContain(token);
    const inText = await verify({ texts: [{ name: 'pull request body', text: token }] });
    expect(inText.verdict).toBe('not_ready');
  });

  it('lists what did not run with its reason', async () => {
    const notRun = [{ check: 'npm audit', reason: 'the registry does not answer' }];
    const result = await verify({ notRun });
    expect(result.items.at(-1)).toEqual({
      check: 'npm audit',
      status: 'not_run',
      message: 'the registry does not answer',
    });
  });

  it('stops when it is aborted', async () => {
    await expect(verify({ signal: AbortSignal.abort(new Error('cancelled')) })).rejects.toThrow(
      'cancelled',
    );
  });
});

describe('readCriterion', () => {
  const facts = {
    files: [
      file('src/users.js', 'one\nexport function findUserById() {}\n'),
      { ...file('src/new.js'), status: 'renamed' as const, oldPath: 'src/was.js' },
    ],
    tests: passed,
  };

  it.each([
    ['`src/users.js` is changed', 'met'],
    ['`src/users.js` is deleted', 'not_met'],
    ['`src/users.js` is added', 'not_met'],
    ['`src/new.js` is added', 'met'],
    ['`src/was.js` is deleted', 'met'],
    ['`src/other.js` is changed', 'not_met'],
    ['`findUserById` occurs in `src/users.js`.', 'met'],
    ['`findUser` does not occur in `src/users.js`', 'met'],
    ['`findUserById` does not occur in `src/users.js`', 'not_met'],
    ['`x` occurs in `src/other.js`', 'unknown'],
    ['no test fails that passed before', 'met'],
    ['the page is beautiful', 'unknown'],
  ])('judges "%s" as %s', async (text, expected) => {
    expect((await readCriterion(text).judge(facts)).result).toBe(expected);
  });

  it('shows where it found the text', async () => {
    const { evidence } = await readCriterion('`findUserById` occurs in `src/users.js`').judge(
      facts,
    );
    expect(evidence).toBe('src/users.js:2');
  });

  it('expects each file of each task once', () => {
    const task = { id: '1', task: 't', changes: [], tests: [], notes: '' };
    const plan = [
      { ...task, files: ['a', 'b'] },
      { ...task, files: ['b'] },
    ];
    expect(
      criteriaOf({ plan, acceptance_criteria: ['nice'] }).map((criterion) => criterion.text),
    ).toEqual(['`a` is changed', '`b` is changed', 'nice']);
  });
});

describe('sensitiveKind', () => {
  it.each([
    ['db/migrate/20260101_add.rb', 'migration'],
    ['src/main/resources/db/migration/V12__users.sql', 'migration'],
    ['apps/api/package-lock.json', 'dependency'],
    ['yarn.lock', 'dependency'],
    ['pnpm-lock.yaml', 'dependency'],
    ['requirements-dev.txt', 'dependency'],
    ['pyproject.toml', 'dependency'],
    ['service/pom.xml', 'dependency'],
    ['src/App.csproj', 'dependency'],
    ['.gitlab-ci.yml', 'ci'],
    ['Jenkinsfile', 'ci'],
    ['src/package.ts', undefined],
    ['docs/migration-guide.md', undefined],
    ['src/actions/login.ts', undefined],
  ])('takes %s for %s', (path, kind) => expect(sensitiveKind(path)).toBe(kind));
});
