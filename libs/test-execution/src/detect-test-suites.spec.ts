import { afterEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { dependencyKey } from './dependency-key.js';
import { detectTestSuites } from './detect-test-suites.js';

const made: string[] = [];
const tree = (files: Record<string, string>) => {
  const root = mkdtempSync(join(tmpdir(), 'hil-detect-'));
  made.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
};
const manifest = (value: object) => JSON.stringify(value);

afterEach(() => {
  for (const root of made.splice(0)) rmSync(root, { recursive: true });
});

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

  it('names Maven and .NET projects and why they do not run', async () => {
    const suites = await detectTestSuites(
      tree({ 'pom.xml': '<project/>', 'A.Tests/A.csproj': '' }),
    );
    expect(suites.map((suite) => suite.framework)).toEqual(['maven', 'dotnet']);
    for (const suite of suites) expect(suite.notRun).toMatch(/not found|local repository|packages/);
  });
});

describe('dependencyKey', () => {
  const files = (code: string, lock: string) => ({
    'package.json': manifest({ scripts: { test: 'jest' }, devDependencies: { jest: '30' } }),
    'package-lock.json': lock,
    'a.js': code,
  });
  const keyOf = async (root: string) => {
    const [suite] = await detectTestSuites(root);
    if (!suite) throw new Error('no suite was detected');
    return dependencyKey(root, suite);
  };

  it('stays the same when only code changes and differs with the lock file', async () => {
    const first = await keyOf(tree(files('1', '{}')));
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(await keyOf(tree(files('2', '{}')))).toBe(first);
    expect(await keyOf(tree(files('1', '{"x":1}')))).not.toBe(first);
  });
});
