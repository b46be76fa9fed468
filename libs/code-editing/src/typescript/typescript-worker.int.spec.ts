import { afterEach, expect, it, jest } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { askTypeScript } from './typescript-worker.js';
import { typescriptSyntax } from './typescript-syntax.js';
import { workerUrl } from './worker-url.js';

jest.setTimeout(120_000);

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

const threads = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === 'MessagePort' || name === 'Worker')
    .length;

it('an abort ends the TypeScript thread at once, and the event loop is free while it works', async () => {
  const root = await mkdtemp(join(tmpdir(), 'hil-abort-'));
  folders.push(root);
  const files = Array.from({ length: 150 }, (_, index) => `f${index}.ts`);
  for (const [index, path] of files.entries()) {
    const body = `export const v${index} = Array.from([${index}]).map((n) => ({ n, foo })).flatMap((o) => [o, o]);\n`;
    const head = index === 0 ? 'export const foo = 1;\n' : "import { foo } from './f0';\n";
    await writeFile(join(root, path), head + body);
  }
  await workerUrl('main');
  const before = threads();
  const controller = new AbortController();
  const reason = new Error('stopped by a person');
  let answered = false;
  const asked = askTypeScript(
    {
      root,
      files,
      overrides: [],
      task: { kind: 'rename', path: 'f0.ts', symbol: 'foo', newName: 'bar' },
    },
    controller.signal,
  ).then(
    () => 'answered',
    (error: unknown) => error,
  );
  void asked.then(() => (answered = true));
  // Were it at work in this thread, the answer would come before the loop turns.
  for (let ticks = 0; ticks < 9 && !answered; ticks += 1) await sleep(5);
  expect(answered).toBe(false);
  const aborted = Date.now();
  controller.abort(reason);
  expect(await asked).toBe(reason);
  expect(Date.now() - aborted).toBeLessThan(20_000);
  expect(threads()).toBe(before);
});

it('a thread that dies of a text answers null, and no timer holds the process open', async () => {
  const timers = (): number =>
    process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  await workerUrl('syntax');
  const before = timers();
  expect(await typescriptSyntax({ path: 'a.ts', text: '('.repeat(200_000) }, 60_000)).toBeNull();
  expect(timers()).toBe(before);
});

it('syntax is judged in a thread too: without an answer in time there is none, and the next is asked in another', async () => {
  const broken = { path: 'a.ts', text: 'try {}\nb();\n' };
  expect(await typescriptSyntax(broken, 0)).toBeNull();
  const [problems, good] = await Promise.all([
    typescriptSyntax(broken),
    typescriptSyntax({ path: 'b.tsx', text: 'export const b = <p>{1}</p>;\n' }),
  ]);
  expect(problems).toEqual([{ line: 2, message: "'catch' or 'finally' expected." }]);
  expect(good).toEqual([]);
});
