import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FileMap } from '@hil/testing';

const samples = fileURLToPath(new URL('../../samples', import.meta.url));

/** The files of the sample of the first session. */
export function todoApi(): FileMap {
  return folderFiles(join(samples, 'todo-api'));
}

/** Everything below a folder. */
export function folderFiles(folder: string): FileMap {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return [path.slice(folder.length + 1), readFileSync(path)];
      }),
  );
}

export const RENAME = 'rename findUser to getUserById in src/users.js';

const manifest = JSON.stringify({
  name: 'small',
  type: 'module',
  scripts: { test: 'node --test' },
});

/** A package with one function and one test that holds. */
export function small(): FileMap {
  return {
    'package.json': manifest,
    'src/one.js': 'export const one = 1;\n',
    'test/one.test.js': test(
      'one is one',
      "import { one } from '../src/one.js';",
      'assert.equal(one, 1);',
    ),
  };
}

/** Changes only a text, so the tests of `small` go on to hold. */
export const SMALL_CHANGE = 'create file NOTES.md with:\n```\nnoted\n```';

const PARTS = 12;

/** Many files, and a message of one task for each: a run that can be met in every stage. */
export function manyParts(tests: FileMap = {}): { files: FileMap; message: string } {
  const numbers = Array.from({ length: PARTS }, (_, index) => index + 1);
  return {
    files: {
      ...small(),
      ...Object.fromEntries(
        numbers.map((n) => [`src/part-${n}.js`, `export const part${n} = 'old-${n}';\n`]),
      ),
      ...tests,
    },
    message: numbers
      .map((n) => `replace "old-${n}'" with "new-${n}'" in src/part-${n}.js`)
      .join('\n'),
  };
}

/** A suite that takes its time; `seconds` is also how its process is told from others. */
export function slowTest(seconds: string): FileMap {
  return {
    'test/slow.test.js': test(
      'takes its time',
      "import { spawnSync } from 'node:child_process';",
      `spawnSync('sleep', ['${seconds}']);`,
    ),
  };
}

function test(name: string, imports: string, body: string): string {
  return `import assert from 'node:assert/strict';\nimport { test } from 'node:test';\n${imports}\n\ntest('${name}', () => {\n  ${body}\n  assert.ok(true);\n});\n`;
}

/** One test fails on the base, before anything is changed. */
export function failsAtBase(): FileMap {
  return {
    ...small(),
    'test/broken.test.js': test('was broken before', '', 'assert.equal(1, 2);'),
  };
}

export function withoutTests(): FileMap {
  return { 'README.md': '# nothing to test\n', 'src/one.js': 'export const one = 1;\n' };
}
