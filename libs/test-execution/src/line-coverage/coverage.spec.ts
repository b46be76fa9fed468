import { afterEach, describe, expect, it } from '@jest/globals';
import { removeTrees, tree } from '../spec-support/trees.js';
import { type TestFramework } from '../suite.js';
import { coveragePyLines, istanbulLines, percent, summariseCoverage } from './coverage.js';
import { coverageProblem } from './read-coverage.js';

const place = { root: '/workspace', cwd: 'app' };
const istanbul = JSON.stringify({
  '/workspace/app/src/a.ts': {
    statementMap: {
      0: { start: { line: 1 } },
      1: { start: { line: 2 } },
      2: { start: { line: 2 } },
    },
    s: { 0: 0, 1: 0, 2: 4 },
  },
});

describe('coverage reports', () => {
  it('reads istanbul: a line ran as often as its busiest statement', () => {
    const lines = istanbulLines(istanbul, place);
    expect([...(lines?.get('app/src/a.ts') ?? [])]).toEqual([[1, 0], [2, 4]]); // prettier-ignore
  });

  it('reads coverage.py', () => {
    const text = '{"files":{"src/a.py":{"executed_lines":[1,3],"missing_lines":[2]}}}';
    const lines = coveragePyLines(text, place);
    expect([...(lines?.get('app/src/a.py') ?? [])]).toEqual([[1, 1], [3, 1], [2, 0]]); // prettier-ignore
  });

  it.each(['', 'null', '{"files":3}'])('takes %p for no report', (text) => {
    expect(coveragePyLines(text, place)).toBeNull();
  });
});

describe('coverageProblem', () => {
  afterEach(removeTrees);
  const problem = (framework: TestFramework, files: Record<string, string>, script?: string) =>
    coverageProblem(tree(files), {
      id: framework,
      framework,
      cwd: '.',
      reason: '',
      command: ['x'],
      installPlan: null,
      ...(script === undefined ? {} : { script }),
    });

  it('is none where the repository asks for coverage itself', async () => {
    expect(await problem('jest', {}, 'jest --coverage')).toBeNull();
    expect(await problem('jest', { 'jest.config.ts': 'collectCoverage: true' })).toBeNull();
    expect(await problem('pytest', { 'setup.cfg': 'tests = pytest-cov' })).toBeNull();
    const pom = '<artifactId>jacoco-maven-plugin</artifactId>';
    expect(await problem('maven', { 'pom.xml': pom })).toBeNull();
    expect(await problem('gradle', { 'app/build.gradle': "plugins { id 'jacoco' }" })).toBeNull();
    const kotlin = 'plugins {\n    java\n    jacoco\n}';
    expect(await problem('gradle', { 'build.gradle.kts': kotlin })).toBeNull();
    const project = '<PackageReference Include="coverlet.collector" Version="6.0.2" />';
    expect(await problem('dotnet', { 'test/T.csproj': project })).toBeNull();
  });

  it('says what is missing elsewhere', async () => {
    expect(await problem('jest', {}, 'jest --coverage=false')).toContain('collectCoverage');
    const ratio = '<jacoco.ratio>1</jacoco.ratio>';
    expect(await problem('maven', { 'pom.xml': ratio })).toContain('jacoco-maven-plugin');
    expect(await problem('mocha', {})).toBe('not read from mocha');
    expect(await problem('gradle', { 'build.gradle': '// jacoco is nice' })).toContain('jacoco');
    expect(await problem('dotnet', { 'a/b.csproj': '<Project/>' })).toContain('coverlet.collector');
  });
});

describe('summariseCoverage', () => {
  it('counts changed lines that hold code, names those nobody reached, and the move of the whole', () => {
    const after = new Map([['a.ts', new Map([[1, 1], [2, 0], [3, 2]])]]); // prettier-ignore
    const baseline = new Map([['a.ts', new Map([[1, 1], [2, 0]])]]); // prettier-ignore
    const changed = new Map([['a.ts', [2, 3, 4]], ['b.md', [1]]]); // prettier-ignore
    expect(summariseCoverage('jest', changed, after, baseline)).toEqual({
      framework: 'jest',
      changed_lines: { covered: 1, total: 2 },
      uncovered: ['a.ts:2'],
      total_percent: { baseline: 50, after: 66.67 },
    });
  });

  it('says nothing of the whole when the base was not measured or holds no code', () => {
    const summary = summariseCoverage('jest', new Map(), new Map(), null);
    expect(summary).not.toHaveProperty('total_percent');
    expect(percent(new Map())).toBeNull();
  });
});
