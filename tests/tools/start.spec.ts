import { execFile } from 'node:child_process';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { temporaryDirectory, type TemporaryDirectory } from '@hil/testing';

const run = promisify(execFile);
const script = fileURLToPath(new URL('../../tools/start.mjs', import.meta.url));

describe('npm start', () => {
  /** A checkout whose compiler and server only say that they were called. */
  let checkout: TemporaryDirectory;
  beforeAll(async () => {
    checkout = await temporaryDirectory();
    const write = async (path: string, text: string) => {
      await mkdir(dirname(join(checkout.path, path)), { recursive: true });
      await writeFile(join(checkout.path, path), text);
    };
    await write('package.json', '{ "type": "module" }');
    await write('node_modules/typescript/bin/tsc', 'console.log("tsc", ...process.argv.slice(2));');
    await write('apps/standalone/dist/main.js', 'console.log("runs standalone");');
    await mkdir(join(checkout.path, 'tools'));
    await cp(script, join(checkout.path, 'tools/start.mjs'));
  });
  afterAll(() => checkout.remove());

  it('builds the command line too, and runs the server alone', async () => {
    const { stdout } = await run(process.execPath, ['tools/start.mjs', 'standalone'], {
      cwd: checkout.path,
    });
    expect(stdout).toMatch(/^tsc -b apps\/standalone apps\/cli$/m);
    expect(stdout.match(/^runs .*/gm)).toEqual(['runs standalone']);
  });
});
