import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { createSampleRepository } from './sample-repository.js';
import { ensureServer } from './server.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../..', import.meta.url));

describe('the demo', () => {
  it('makes a clean repository of the sample, with tests that pass', async () => {
    const folder = await createSampleRepository(join(root, 'samples/todo-api'));
    try {
      const git = async (...args: string[]) =>
        (await run('git', args, { cwd: folder })).stdout.trim();
      expect(await git('status', '--porcelain')).toBe('');
      expect(await git('rev-list', '--count', 'HEAD')).toBe('1');
      expect(await git('branch', '--show-current')).toBe('main');
      expect(await readFile(join(folder, 'src/users.js'), 'utf8')).toContain('findUser');
      const tests = await run(process.execPath, ['--test'], { cwd: folder });
      expect(tests.stdout).toMatch(/pass 9[\s\S]*fail 0/);
    } finally {
      await rm(dirname(folder), { recursive: true, force: true });
    }
  });

  it('uses a server that is there, and refuses to take another program for one', async () => {
    let answer = JSON.stringify({ status: 'success', data: { status: 'ok' } });
    const server = createServer((_request, response) => response.end(answer));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      expect((await ensureServer(base, { root })).started).toBe(false);
      answer = '<html>a printer</html>';
      await expect(ensureServer(base, { root })).rejects.toThrow('something else answers');
    } finally {
      server.close();
    }
  });
});
