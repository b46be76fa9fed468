import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

/** A process of its own, as the dispatcher is one of the whole process. */
const SCRIPT = `
import { Octokit } from '@octokit/rest';
import { Gitlab } from '@gitbeaker/rest';
import { useOutgoingProxy } from ${JSON.stringify(new URL('../dist/outgoing-proxy.js', import.meta.url).href)};
const [httpsProxy, noProxy] = process.argv.slice(1);
useOutgoingProxy({ ...(httpsProxy ? { httpsProxy } : {}), ...(noProxy ? { noProxy } : {}) });
const github = new Octokit({ baseUrl: 'https://github.invalid/api/v3', auth: 'x', request: { retries: 0 } });
await github.request('GET /user').catch(() => undefined);
const gitlab = new Gitlab({ host: 'https://gitlab.invalid', token: 'x', queryTimeout: 5000 });
await gitlab.Users.showCurrentUser().catch(() => undefined);
process.stdout.write(JSON.stringify([process.env.HTTPS_PROXY ?? null, process.env.NO_PROXY ?? null]));
`;
const versionControl = fileURLToPath(new URL('../../version-control', import.meta.url));

describe('HTTPS_PROXY', () => {
  const asked: string[] = [];
  // Says no: that it was asked is all there is to see.
  const proxy = createServer().on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  let address = '';

  beforeAll(async () => {
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  });
  afterAll(() => void proxy.close());

  async function ask(...given: string[]): Promise<{ hosts: string[]; variables: unknown }> {
    asked.length = 0;
    const { HTTPS_PROXY: _https, NO_PROXY: _none, ...env } = process.env;
    const argv = ['--input-type=module', '--eval', SCRIPT, '--', ...given];
    const { stdout } = await promisify(execFile)(process.execPath, argv, {
      cwd: versionControl,
      env,
    });
    return { hosts: [...new Set(asked)].sort(), variables: JSON.parse(stdout) };
  }

  it('is asked for both forges, and handed on to git', async () => {
    expect(await ask(address)).toEqual({
      hosts: ['github.invalid:443', 'gitlab.invalid:443'],
      variables: [address, null],
    });
  }, 60_000);

  it('is left alone for hosts of NO_PROXY, and when there is none', async () => {
    expect(await ask(address, 'github.invalid')).toEqual({
      hosts: ['gitlab.invalid:443'],
      variables: [address, 'github.invalid'],
    });
    expect((await ask()).hosts).toEqual([]);
  }, 60_000);
});
