import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Overlay } from '@hil/code-editing';
import type { PlanTask } from '@hil/contracts';
import { requireOrSkip, temporaryDirectory, type TemporaryDirectory } from '@hil/testing';
import type { StageContext } from '@hil/workflow';
import { requireExpected } from './expected-edits.js';
import { gateEdits } from './gate-edits.js';
import { ScopeExceeded } from './scope-exceeded.js';

let folder: TemporaryDirectory;
let overlay: Overlay;
beforeEach(async () => {
  folder = await temporaryDirectory();
  await mkdir(join(folder.path, 'src'));
  await writeFile(join(folder.path, 'src/a.ts'), 'export const a = 1;\n');
  overlay = await Overlay.open(folder.path);
});
afterEach(() => folder.remove());

const gate = (secrets: string[] = []) =>
  gateEdits(overlay, { approvedFiles: ['src/a.ts'] }, secrets);

describe('the gates of an edit', () => {
  it('let through what the plan covers', async () => {
    await overlay.replaceText('src/a.ts', 'export const a = 2;\n');
    await expect(gate(['no-such-secret'])).resolves.toBeUndefined();
  });

  it('refuse a secret, and do not repeat it', async () => {
    const secret = 'correct-horse-battery-staple';
    await overlay.replaceText('src/a.ts', `export const a = 1;\nexport const b = '${secret}';\n`);
    await expect(gate([secret])).rejects.toThrow(/src\/a\.ts:2 .*nothing|nothing.*src\/a\.ts:2/s);
    await expect(gate([secret])).rejects.not.toThrow(secret);
  });

  it('ask about a file outside of the plan, and only about that', async () => {
    await overlay.create('src/b.ts', 'export const b = 1;\n');
    await expect(gate()).rejects.toMatchObject({ name: 'ScopeExceeded', files: ['src/b.ts'] });
  });

  it('refuse a syntax error whatever else there is', async () => {
    await overlay.create('src/b.ts', 'export const b = ;\n');
    await expect(gate()).rejects.toThrow(/nothing was written: src\/b\.ts:1/);
  });
});

const python = spawnSync('python3', ['--version']).status === 0;
requireOrSkip(
  'the gates of Python',
  python,
  'no python3',
)(() => {
  it('refuse an indentation that only Python itself objects to', async () => {
    const before = 'def f():\n    return 1\n';
    await writeFile(join(folder.path, 'a.py'), before);
    const gatePython = () => gateEdits(overlay, { approvedFiles: ['a.py'] }, []);
    await overlay.replaceText('a.py', 'def f():\n    if 1:\n            a = 2\n        return 1\n');
    await expect(gatePython()).rejects.toThrow(/a\.py:4: .*unindent does not match/);
    await overlay.replaceText('a.py', 'def f():\n    print "2 is fine in an old Python"\n');
    await expect(gatePython()).resolves.toBeUndefined();
  });
});

describe('the number of edits', () => {
  const task: PlanTask = {
    id: 't1',
    task: 'rename a to b',
    files: [],
    changes: [],
    tests: [],
    notes: '',
    expected: { edits: 3, files: 2 },
  };
  const during = (agreedEdits?: Record<string, string>) =>
    ({ run: { context: { agreedEdits } } }) as unknown as StageContext;

  it('is that of the plan, or a person is asked', () => {
    expect(() => requireExpected(during(), task, { edits: 3, files: 2 })).not.toThrow();
    for (const actual of [
      { edits: 4, files: 2 },
      { edits: 3, files: 3 },
    ])
      expect(() => requireExpected(during(), task, actual)).toThrow(ScopeExceeded);
  });

  it('may be the one that a person agreed to, and no other', () => {
    const agreed = during({
      t1: 'it comes to 4 edits in 2 files, and the plan said 3 edits in 2 files',
    });
    expect(() => requireExpected(agreed, task, { edits: 4, files: 2 })).not.toThrow();
    expect(() => requireExpected(agreed, task, { edits: 5, files: 2 })).toThrow(ScopeExceeded);
  });
});
