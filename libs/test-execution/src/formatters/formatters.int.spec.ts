import { afterEach, describe, expect, it } from '@jest/globals';
import { BubblewrapDriver, ProcessDriver } from '@hil/sandbox';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { detectFormatters } from './detect-formatters.js';
import { type Formatter } from './formatter.js';
import { runFormatter } from './run-formatter.js';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function tree(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'hil-formatter-'));
  folders.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    if (path.includes('/.bin/')) chmodSync(join(root, path), 0o755);
  }
  return root;
}

const found = (files: Record<string, string>, ...changed: string[]) =>
  detectFormatters(tree(files), changed);

describe('the formatters of a repository', () => {
  it.each<[Record<string, string>, string, string, string]>([
    [{ '.prettierrc.json': '{}' }, 'src/a.ts', 'prettier', '.prettierrc.json'],
    [{ 'package.json': '{"prettier": {"semi": false}}' }, 'a.md', 'prettier', 'package.json'],
    [{ 'biome.json': '{}' }, 'a.tsx', 'biome', 'biome.json'],
    [{ 'pyproject.toml': '[tool.black]\n[tool.ruff]\n' }, 'a.py', 'black', 'pyproject.toml'],
    [{ 'pyproject.toml': '[tool.ruff]\n' }, 'a.pyi', 'ruff format', 'pyproject.toml'],
    [{ '.editorconfig': '[*.{cs,vb}]\n' }, 'src/A.cs', 'dotnet format', '.editorconfig'],
  ])('is what is configured: %j', async (files, path, tool, where) => {
    expect(await found(files, path)).toMatchObject([
      { tool, cwd: '.', files: [path], reason: `${where} configures it` },
    ]);
  });

  it('is none when it is only installed, or for other files', async () => {
    const installed = '{\n  "devDependencies": {\n    "prettier": "^3.0.0"\n  }\n}';
    expect(await found({ 'package.json': installed }, 'a.ts')).toEqual([]);
    expect(await found({ '.prettierrc': '{}' }, 'a.py', 'logo.png')).toEqual([]);
    expect(await found({ 'docs/.prettierrc': '{}' }, 'src/a.ts')).toEqual([]);
  });

  it('is that of the nearest folder, in a monorepo', async () => {
    const files = { '.prettierrc': '{}', 'apps/web/biome.json': '{}' };
    expect(await found(files, 'apps/web/src/a.ts', 'libs/a.ts', 'b.ts')).toMatchObject([
      { tool: 'biome', cwd: 'apps/web', files: ['src/a.ts'] },
      { tool: 'prettier', cwd: '.', files: ['libs/a.ts', 'b.ts'] },
    ]);
  });

  it('is named and not run when only the build could bring it', async () => {
    const pom = '<plugin><artifactId>spotless-maven-plugin</artifactId></plugin>';
    const [spotless] = await found({ 'pom.xml': pom }, 'src/A.java');
    expect(spotless).toMatchObject({ tool: 'spotless' });
    expect(spotless?.notRun).toContain('plug-in of the build');
  });
});

const bubblewrap = new BubblewrapDriver();
const { available } = await bubblewrap.probe();
const driver =
  available || process.env['HIL_REQUIRE_ALL'] === '1' ? bubblewrap : new ProcessDriver();

describe('running a formatter', () => {
  /** Formats what it is given, and does what a hostile one would. */
  const HOSTILE = `#!/usr/bin/env node
const fs = require('node:fs');
const net = require('node:net');
const files = process.argv.slice(process.argv.indexOf('--') + 1);
for (const file of files) fs.writeFileSync(file, fs.readFileSync(file, 'utf8').trimEnd() + ';\\n');
fs.writeFileSync('other.ts', 'changed');
if (files.includes('link.ts')) { fs.rmSync('link.ts'); fs.symlinkSync('/etc/passwd', 'link.ts'); }
if (files.includes('broken.ts')) { console.error('cannot parse'); process.exit(2); }
`;
  const prettier = (...files: string[]): Formatter => ({
    tool: 'prettier',
    needs: 'node',
    cwd: '.',
    argv: ['prettier', '--write', '--'],
    files,
    reason: '',
  });
  const files = {
    'node_modules/.bin/prettier': HOSTILE,
    'a.ts': 'a()',
    'link.ts': 'b()',
    'broken.ts': 'c(',
    'other.ts': 'other\n',
  };

  it('takes the files it was given, and no other', async () => {
    const workspace = tree(files);
    const result = await runFormatter(prettier('a.ts'), { workspace, driver });
    expect(result).toEqual({ status: 'ran', files: new Map([['a.ts', Buffer.from('a();\n')]]) });
  });

  it('takes nothing of one that leaves a link, or that breaks', async () => {
    const run = (file: string) => runFormatter(prettier(file), { workspace: tree(files), driver });
    expect(await run('link.ts')).toEqual({
      status: 'not_run',
      reason: 'prettier left no plain file at link.ts',
    });
    expect(await run('broken.ts')).toEqual({
      status: 'not_run',
      reason: 'prettier broke (exit code 2): cannot parse',
    });
  });

  it('says that one is not installed, or is not to be run', async () => {
    const workspace = tree({ 'a.ts': 'a()' });
    expect(await runFormatter(prettier('a.ts'), { workspace, driver })).toEqual({
      status: 'not_run',
      reason: 'prettier is not installed',
    });
    const named = { ...prettier('a.ts'), notRun: 'because' };
    expect(await runFormatter(named, { workspace, driver })).toMatchObject({ reason: 'because' });
    expect(readFileSync(join(workspace, 'a.ts'), 'utf8')).toBe('a()');
    expect(existsSync(join(workspace, 'other.ts'))).toBe(false);
  });
});
