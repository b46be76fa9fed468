import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { MirrorStore, parseRepositoryAddress } from './index.js';
import { GitProcess } from './git-process.js';
import { Stand } from './testing/stand.js';

let stand: Stand;
beforeEach(async () => {
  stand = await Stand.open();
});
afterEach(() => stand.close());

describe('git', () => {
  it('shows no token in the process table', async () => {
    stand.server.faults.hang = 'fetch';
    const abort = new AbortController();
    const credentials = () => ({ username: 'x', password: 's3cret-token' });
    const running = stand
      .storeAt('mine', { credentials })
      .sync(stand.address, { signal: abort.signal });
    const watched = expect(running).rejects.toThrow();
    while (stand.server.counts.fetches === 0) await new Promise((done) => setTimeout(done, 20));
    const table = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
    abort.abort();
    await watched;
    expect(table).toContain(stand.server.url('demo'));
    expect(table).not.toContain('s3cret-token');
    expect(table).not.toContain(Buffer.from('x:s3cret-token').toString('base64'));
  });

  it('says that its folder is gone, not that git is', async () => {
    const git = new GitProcess({ stateDir: stand.folder.path });
    const gitDir = join(stand.folder.path, 'gone');
    await expect(git.run(['log'], { gitDir })).rejects.toThrow(`its folder ${gitDir} is gone`);
  });

  it('ends when it talks too much or too long', async () => {
    const git = new GitProcess({ stateDir: stand.folder.path });
    const call = { gitDir: stand.repository.bare, maxOutputBytes: 10 };
    await expect(git.run(['log'], call)).rejects.toMatchObject({ code: 'repository_too_large' });
    const cut = await git.run(['log'], { ...call, onLimit: 'truncate' });
    expect([cut.stdout.length, cut.truncated]).toEqual([10, true]);
    stand.server.faults.hang = 'all';
    await expect(
      git.run(['ls-remote', '--', stand.server.url('demo')], { protocols: 'http', timeoutMs: 200 }),
    ).rejects.toMatchObject({ code: 'forge_unavailable' });
  });
});

describe('a host name', () => {
  it('is refused when any of its addresses is private, before git is started', async () => {
    const mine = new MirrorStore({
      dataDir: join(stand.folder.path, 'data'),
      policy: { allowedHosts: [], allowHttp: true, allowLocalPaths: false },
      limits: { maxMb: 50, maxFiles: 1000 },
      resolveHost: async () => ['93.184.216.34', '127.0.0.1'],
    });
    const url = `http://rebind.example.test:${stand.server.port}/demo.git`;
    const address = parseRepositoryAddress(url, {
      allowedHosts: [],
      allowHttp: true,
      allowLocalPaths: false,
    });
    await expect(mine.sync(address)).rejects.toMatchObject({ code: 'repository_not_allowed' });
    expect(stand.server.counts.lookups).toBe(0);
  });

  it('is connected to at the address that was checked, not at what DNS says a moment later', async () => {
    // This name does not exist: only the pinned address can make git reach the stand.server.
    const host = `pinned.example.test:${stand.server.port}`;
    const policy = stand.policy({ allowedHosts: [host] });
    const mine = stand.storeAt('mine', { policy, resolveHost: async () => ['127.0.0.1'] });
    const found = await mine.sync(stand.addressOf(`http://${host}/demo.git`, policy));
    expect(found.baseSha).toBe(await stand.repository.headSha());
  });
});
