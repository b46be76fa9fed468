import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { requireOrSkip, temporaryDirectory, type TemporaryDirectory } from '@hil/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { verifyChange, type ChangedFile } from '../index.js';
import { findTool, runTool } from './run-tool.js';

let folder: TemporaryDirectory;
beforeEach(async () => {
  folder = await temporaryDirectory();
});
afterEach(() => folder.remove());

function added(path: string, after: string, before?: string): ChangedFile {
  const lines = after.split('\n');
  const body = lines.map((line) => `+${line}`).join('\n');
  const diff = `@@ -0,0 +1,${lines.length} @@\n${body}\n`;
  return {
    path,
    status: before === undefined ? 'added' : 'modified',
    diff,
    after,
    ...(before === undefined ? {} : { before }),
  };
}

async function check(name: string, files: ChangedFile[], toolPath = process.env['PATH'] ?? '') {
  const { items, verdict } = await verifyChange({
    files,
    criteria: [],
    tests: { status: 'passed', message: '', new_failures: [], fixed: [], known_failures: [] },
    approvedFiles: files.map(({ path }) => path),
    approvedBy: 'person',
    toolPath,
  });
  return { item: items.find((each) => each.check === name), verdict };
}

/** A program of that name which an operator might have installed. */
async function install(name: string, script: string): Promise<string> {
  const bin = join(folder.path, 'bin');
  await mkdir(bin, { recursive: true });
  await writeFile(join(bin, name), `#!${process.execPath}\n${script}`);
  await chmod(join(bin, name), 0o755);
  return bin;
}

/** Speaks gitleaks' command line; it knows one kind of secret, and refuses flags it does not know. */
const GITLEAKS = `
const fs = require('node:fs'), path = require('node:path');
const [command, ...args] = process.argv.slice(2);
const flags = {};
while (args.length > 0) {
  const flag = args.shift();
  if (['--no-git', '--no-banner', '--ignore-gitleaks-allow'].includes(flag)) flags[flag] = true;
  else if (['--exit-code', '--source', '--config', '--gitleaks-ignore-path', '--report-format', '--report-path'].includes(flag)) flags[flag] = args.shift();
  else throw new Error('unknown flag: ' + flag);
}
if (command !== 'detect' || !flags['--no-git'] || !flags['--ignore-gitleaks-allow']) throw new Error('asked for something else');
if (!fs.readFileSync(flags['--config'], 'utf8').includes('useDefault = true')) throw new Error('without its rules');
const found = [];
for (const name of fs.readdirSync(flags['--source'])) {
  const file = path.join(flags['--source'], name);
  fs.readFileSync(file, 'utf8').split('\\n').forEach((line, index) => {
    const match = /zz-[a-z]{20}/.exec(line);
    if (match) found.push({ File: file, StartLine: index + 1, RuleID: 'zz-token', Secret: match[0] });
  });
}
fs.writeFileSync(flags['--report-path'], JSON.stringify(found));
`;
const SECRET = `zz-${'abcde'.repeat(4)}`;

describe('gitleaks', () => {
  it('stops a push with what it finds, at its line in the file, masked', async () => {
    const bin = await install('gitleaks', GITLEAKS);
    const { item, verdict } = await check(
      'gitleaks',
      [added('package-lock.json', `{}\n"${SECRET}" // gitleaks:allow`)],
      bin,
    );
    expect(verdict).toBe('not_ready');
    expect(item).toEqual({
      check: 'gitleaks',
      status: 'failed',
      message: 'package-lock.json:2 zz-token zz-a… (23 characters)',
    });
  });

  it('passes what it finds nothing in, and is told as not run where it is not installed', async () => {
    const bin = await install('gitleaks', GITLEAKS);
    const files = [added('a.txt', 'nothing here')];
    expect(await check('gitleaks', files, bin)).toMatchObject({
      item: { status: 'passed' },
      verdict: 'ready',
    });
    expect(await check('gitleaks', files, folder.path)).toMatchObject({
      item: { status: 'not_run', message: 'gitleaks is not installed on this worker' },
      verdict: 'ready',
    });
  });

  it('asks a person when it breaks', async () => {
    const bin = await install('gitleaks', 'process.exit(3)');
    expect(await check('gitleaks', [added('a.txt', 'x')], bin)).toMatchObject({
      item: { status: 'not_run', message: expect.stringContaining('code 3') },
      verdict: 'needs_person',
    });
  });
});

describe('a tool', () => {
  it('gets none of our environment, and is found in absolute folders only', async () => {
    process.env['HIL_TEST_SECRET'] = 'must not be passed on';
    try {
      const bin = await install('tell', 'console.log(JSON.stringify(process.env))');
      const program = await findTool('tell', `.:${bin}`);
      expect(program).toBe(join(bin, 'tell'));
      const { stdout } = await runTool(program ?? '', [], { cwd: folder.path });
      expect(Object.keys(JSON.parse(stdout) as object).sort()).toEqual([
        'HOME',
        'LC_ALL',
        'PATH',
        'PYTHONDONTWRITEBYTECODE',
        'PYTHONSAFEPATH',
      ]);
      expect(await findTool('tell', '.:bin:')).toBeNull();
    } finally {
      delete process.env['HIL_TEST_SECRET'];
    }
  });

  it('is killed with everything it started when the stage is stopped', async () => {
    const pid = join(folder.path, 'pid');
    const bin = await install(
      'hang',
      `const { pid } = require('node:child_process').spawn('sleep', ['600']);
       require('node:fs').writeFileSync(${JSON.stringify(pid)}, String(pid)); setInterval(() => 0, 1000);`,
    );
    const stop = new AbortController();
    const running = runTool(join(bin, 'hang'), [], { cwd: folder.path, signal: stop.signal });
    let child = 0;
    for (const until = Date.now() + 20_000; child === 0 && Date.now() < until;) {
      child = Number(await readFile(pid, 'utf8').catch(() => '0'));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    stop.abort(new Error('stopped'));
    await expect(running).rejects.toThrow('stopped');
    const gone = (): boolean => {
      try {
        const state = execFileSync('ps', ['-o', 'stat=', '-p', String(child)]).toString();
        return state.trim().startsWith('Z');
      } catch {
        return true;
      }
    };
    for (const until = Date.now() + 20_000; !gone() && Date.now() < until;)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(gone()).toBe(true);
  });
});

const bandit = await findTool('bandit');
requireOrSkip(
  'bandit',
  bandit !== null,
  'bandit is not installed',
)(() => {
  const OLD = 'import subprocess\n\n\ndef old(x):\n    subprocess.call(x, shell=True)\n';
  const NEW = 'import yaml\n\n\ndef load(text):\n    return yaml.load(text)  # nosec\n';

  it('tells what the base does not have, whatever comments say', async () => {
    const after = `import os\n${OLD}\n\n${NEW}`;
    const { item, verdict } = await check('bandit', [added('app/load.py', after, OLD)]);
    expect(verdict).toBe('needs_person');
    expect(item?.status).toBe('unknown');
    expect(item?.message).toMatch(/^app\/load\.py:13 .*yaml.*\(B506 yaml_load\)$/i);
  });

  it('passes clean code, and says what it could not read', async () => {
    const clean = [added('app/ok.py', 'def one():\n    return 1\n')];
    expect((await check('bandit', clean)).item).toMatchObject({ status: 'passed' });
    const broken = [added('app/bad.py', 'def (:\n')];
    expect((await check('bandit', broken)).item).toMatchObject({
      status: 'not_run',
      message: 'it could not read app/bad.py',
    });
  });
});
