import { afterEach, describe, expect, it } from '@jest/globals';
import { dependencyKey } from '../install/dependency-key.js';
import { removeTrees, tree } from '../spec-support/trees.js';
import { detectTestSuites } from './detect-test-suites.js';

const manifest = (value: object) => JSON.stringify(value);

afterEach(removeTrees);

describe('detectTestSuites', () => {
  it('finds nothing in a repository without tests', async () => {
    expect(await detectTestSuites(tree({ 'package.json': '{}', 'README.md': '' }))).toEqual([]);
  });

  it('says why it chose a framework, and how dependencies are installed', async () => {
    const root = tree({
      'package.json': manifest({ scripts: { test: 'jest' }, devDependencies: { jest: '30' } }),
      'package-lock.json': '{}',
    });
    expect(await detectTestSuites(root)).toMatchObject([
      {
        id: 'jest@.',
        reason: 'package.json: scripts.test runs jest',
        installPlan: { manager: 'npm', summary: 'npm ci --ignore-scripts' },
      },
    ]);
  });

  it('installs nothing for a package without dependencies', async () => {
    const root = tree({ 'package.json': manifest({ scripts: { test: 'node --test' } }) });
    const [suite] = await detectTestSuites(root);
    expect(suite).toMatchObject({ framework: 'node:test', installPlan: null });
  });

  it('looks into the packages of a monorepo, and only into the project asked for', async () => {
    const test = manifest({ scripts: { test: 'node --test' } });
    const root = tree({
      'package.json': manifest({ workspaces: ['packages/*'] }),
      'packages/a/package.json': test,
      'packages/b/package.json': test,
    });
    const all = await detectTestSuites(root);
    expect(all.map((suite) => suite.cwd)).toEqual(['packages/a', 'packages/b']);
    const one = await detectTestSuites(root, { projectPath: 'packages/b/' });
    expect(one.map((suite) => suite.id)).toEqual(['node:test@packages/b']);
    expect(await detectTestSuites(root, { projectPath: '../..' })).toEqual([]);
  });

  it('tells unittest from pytest', async () => {
    const body = 'import unittest\nclass T(unittest.TestCase):\n    def test_a(self): pass\n';
    const plain = tree({ 'tests/test_a.py': body });
    const both = tree({ 'tests/test_a.py': body, 'tests/test_b.py': 'def test_b(): pass\n' });
    expect((await detectTestSuites(plain))[0]?.framework).toBe('unittest');
    expect((await detectTestSuites(both))[0]?.framework).toBe('pytest');
  });

  it('names .NET projects with tests, and why they do not run without an SDK', async () => {
    const root = tree({
      'All.sln': '',
      'A/A.csproj': '<Project Sdk="Microsoft.NET.Sdk"/>',
      'A.Tests/A.Tests.csproj': '<PackageReference Include="Microsoft.NET.Test.Sdk"/>',
    });
    const nothing = { mounts: [], path: [], env: {}, found: {}, fingerprint: '' };
    const driver = { name: 'docker' as const, toolchains: async () => nothing };
    const [suite] = await detectTestSuites(root, { driver });
    expect(suite).toMatchObject({
      id: 'dotnet@.',
      reason: 'All.sln with the test project A.Tests/A.Tests.csproj',
      notRun: 'dotnet SDK not found in sandbox image',
    });
  });

  it('takes the outermost build of each tree', async () => {
    const root = tree({
      'service/pom.xml': '<project/>',
      'service/core/pom.xml': '<project/>',
      'app/settings.gradle.kts': '',
      'app/build.gradle.kts': '',
      'app/gradlew': '',
      'tool/Cargo.toml': '[workspace]',
      'tool/a/Cargo.toml': '[package]',
      'cli/go.mod': 'module acme.test/cli\n',
      'cli/a_test.go': 'package cli',
    });
    const suites = await detectTestSuites(root);
    expect(suites.map(({ id, command }) => `${id}: ${command[0]}`)).toEqual([
      'maven@service: mvn',
      'gradle@app: ./gradlew',
      'go@cli: go',
      'cargo@tool: cargo',
    ]);
  });

  it.each([
    ['pnpm', { packageManager: 'pnpm@10.1.2+sha512.abc' }, 'pnpm-lock.yaml', '', '10.1.2'],
    ['yarn', { packageManager: 'yarn@4.4.1' }, 'yarn.lock', '', '4.4.1'],
    ['yarn', {}, 'yarn.lock', '__metadata:\n  version: 8\n', '4.4.1'],
    ['yarn', {}, 'yarn.lock', '# yarn lockfile v1\n', undefined],
  ])(
    'installs with %s in the version the repository wants',
    async (manager, more, lock, text, version) => {
      const root = tree({
        'package.json': manifest({
          scripts: { test: 'vitest' },
          devDependencies: { vitest: '3' },
          ...more,
        }),
        [lock]: text || 'x',
      });
      const [suite] = await detectTestSuites(root);
      expect(suite?.installPlan).toMatchObject({ manager, ...(version ? { version } : {}) });
      if (version === undefined) expect(suite?.installPlan).not.toHaveProperty('version');
    },
  );

  it.each(['turbo run test', 'pnpm -r test', 'npm test --workspaces', 'nx run-many -t test'])(
    'looks into the packages when the root only says "%s"',
    async (test) => {
      const root = tree({
        'package.json': manifest({ scripts: { test }, workspaces: ['a'] }),
        'a/package.json': manifest({ scripts: { test: 'ava --verbose' } }),
      });
      const suites = await detectTestSuites(root);
      expect(suites.map(({ id, script }) => [id, script])).toEqual([['ava@a', 'ava']]);
    },
  );

  it('runs what tox or nox call when it is neither pytest nor unittest', async () => {
    const tox = tree({
      'tox.ini': '[testenv]\ndeps =\n  trial\ncommands =\n  python run_tests.py {posargs:--all}\n',
      'setup.py': '',
    });
    expect(await detectTestSuites(tox)).toMatchObject([
      { id: 'tox@.', script: 'python run_tests.py --all' },
    ]);
    const nox = tree({
      'noxfile.py': '@nox.session\ndef tests(session):\n    session.run("python", "check.py")\n',
      'pyproject.toml': '[project]',
    });
    expect(await detectTestSuites(nox)).toMatchObject([{ id: 'nox@.', script: 'python check.py' }]);
  });

  it('keeps to pytest where tox calls it, and says so', async () => {
    const root = tree({
      'tox.ini': '[testenv]\ncommands = pytest {posargs}\n',
      'tests/test_a.py': 'def test_a(): pass',
      'setup.py': '',
    });
    const [suite] = await detectTestSuites(root);
    expect(suite).toMatchObject({ id: 'pytest@.' });
    expect(suite?.reason).toContain('as tox.ini calls it');
    expect(suite?.installPlan?.inputs).toContain('tox.ini');
  });

  it('looks into each Python project of a repository that has none at its root', async () => {
    const root = tree({
      'a/pyproject.toml': '[project]',
      'a/tests/test_a.py': 'def test_a(): pass',
      'b/setup.py': '',
      'b/test_b.py': 'def test_b(): pass',
    });
    expect((await detectTestSuites(root)).map(({ id }) => id)).toEqual(['pytest@a', 'pytest@b']);
  });
});

describe('.hil.yml', () => {
  const node = { 'package.json': manifest({ scripts: { test: 'node --test' } }) };

  it('overrides what would be found', async () => {
    const root = tree({
      ...node,
      '.hil.yml':
        'tests:\n  - name: unit\n    command: make check\n    cwd: lib/\n    junit: out/*.xml\n    install: [make deps]\n',
    });
    expect(await detectTestSuites(root)).toMatchObject([
      {
        id: 'command@lib (unit)',
        script: 'make check',
        junit: ['out/*.xml'],
        installPlan: { manager: 'command', root: 'lib', commands: ['make deps'] },
      },
    ]);
    expect(await detectTestSuites(root, { projectPath: 'other' })).toEqual([]);
  });

  it('changes nothing when it says nothing of tests', async () => {
    const root = tree({ ...node, '.hil.yml': 'checks: []\n' });
    expect(await detectTestSuites(root)).toMatchObject([{ id: 'node:test@.' }]);
  });

  it.each([
    ['tests:\n  - cwd: ../up\n    command: x\n', /tests\.0\.cwd: leaves the repository/],
    ['tests:\n  - command: 3\n', /tests\.0\.command/],
    ['a: &a [1]\nb: [*a, *a]\n', /no valid YAML/],
  ])('that is wrong is refused with the place: %#', async (text, message) => {
    await expect(detectTestSuites(tree({ ...node, '.hil.yml': text }))).rejects.toThrow(message);
  });
});

describe('dependencyKey', () => {
  const files = (code: string, lock: string) => ({
    'package.json': manifest({ scripts: { test: 'jest' }, devDependencies: { jest: '30' } }),
    'package-lock.json': lock,
    'a.js': code,
  });
  const keyOf = async (root: string, fingerprint = 'node 24') => {
    const [suite] = await detectTestSuites(root);
    if (!suite) throw new Error('no suite was detected');
    return dependencyKey(root, suite, { fingerprint });
  };

  it('stays the same when only code changes and differs with the lock file', async () => {
    const first = await keyOf(tree(files('1', '{}')));
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(await keyOf(tree(files('2', '{}')))).toBe(first);
    expect(await keyOf(tree(files('1', '{"x":1}')))).not.toBe(first);
    expect(await keyOf(tree(files('1', '{}')), 'node 26')).not.toBe(first);
  });
});
