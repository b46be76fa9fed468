import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createRepository,
  startGitServer,
  temporaryDirectory,
  type GitServer,
  type TemporaryDirectory,
  type TestRepository,
} from '@hil/testing';
import { MirrorStore, parseRepositoryAddress } from './index.js';
import { GitProcess } from './git-process.js';

let folder: TemporaryDirectory;
let repository: TestRepository;
let server: GitServer;
const ambient = { ...process.env };

beforeEach(async () => {
  folder = await temporaryDirectory();
  repository = await createRepository({ 'a.txt': 'one\n' });
  server = await startGitServer({ repositories: { demo: repository.bare } });
});
afterEach(async () => {
  for (const name of Object.keys(process.env)) if (!(name in ambient)) delete process.env[name];
  Object.assign(process.env, ambient);
  await server.close();
  await repository.remove();
  await folder.remove();
});

function store(host: string, extra: object = {}): MirrorStore {
  return new MirrorStore({
    dataDir: join(folder.path, 'data'),
    policy: { allowedHosts: [host], allowHttp: true, allowLocalPaths: false },
    limits: { maxMb: 50, maxFiles: 1000 },
    ...extra,
  });
}
const addressOf = (url: string, host: string) =>
  parseRepositoryAddress(url, { allowedHosts: [host], allowHttp: true, allowLocalPaths: false });

describe('git', () => {
  it('takes nothing from the environment or home of the server', async () => {
    const proof = join(folder.path, 'proof');
    const trap = join(folder.path, 'trap.sh');
    writeFileSync(trap, `#!/bin/sh\necho ran >> ${proof}\nexit 1\n`);
    chmodSync(trap, 0o755);
    const home = join(folder.path, 'home');
    mkdirSync(home);
    writeFileSync(
      join(home, '.gitconfig'),
      `[url "ext::${trap} "]\n\tinsteadOf = http://\n[core]\n\tfsmonitor = ${trap}\n[credential]\n\thelper = !${trap}\n`,
    );
    Object.assign(process.env, {
      HOME: home,
      GIT_DIR: '/nonexistent',
      GIT_CONFIG_PARAMETERS: `'core.hooksPath'='${folder.path}'`,
      GIT_EXTERNAL_DIFF: trap,
      GIT_ASKPASS: trap,
      GIT_SSH_COMMAND: trap,
      GIT_ALLOW_PROTOCOL: 'ext:file:http',
      GIT_TRACE: proof,
    });
    const mine = store(server.host);
    const address = addressOf(server.url('demo'), server.host);
    const { baseSha } = await mine.sync(address);
    const tree = await mine.openWorktree({ address, runId: 'run', sha: baseSha });
    writeFileSync(join(tree.path, 'a.txt'), 'two\n');
    const author = { name: 'a', email: 'b' };
    const head = await tree.commitAll({ message: 'x', author, date: new Date(0) });
    await tree.diff(baseSha, head ?? '');
    await tree.changedFiles(baseSha, head ?? '');
    expect(existsSync(proof)).toBe(false);
  });

  it('starts no helper program for an ext:: address even if one came this far', async () => {
    const proof = join(folder.path, 'proof');
    const git = new GitProcess({ stateDir: folder.path });
    for (const protocols of ['none', 'https', 'http'] as const) {
      const source = `ext::sh -c touch% ${proof}`;
      const answer = await git.run(['ls-remote', '--', source], { protocols });
      expect(answer.stderr).toContain("transport 'ext' not allowed");
    }
    expect(existsSync(proof)).toBe(false);
  });

  it('shows no token in the process table', async () => {
    server.faults.hang = 'fetch';
    const abort = new AbortController();
    const credentials = () => ({ username: 'x', password: 's3cret-token' });
    const mine = store(server.host, { credentials });
    const address = addressOf(server.url('demo'), server.host);
    const running = mine.sync(address, { signal: abort.signal });
    const watched = expect(running).rejects.toThrow();
    while (server.counts.fetches === 0) await new Promise((done) => setTimeout(done, 20));
    const table = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
    abort.abort();
    await watched;
    expect(table).toContain(server.url('demo'));
    expect(table).not.toContain('s3cret-token');
    expect(table).not.toContain(Buffer.from('x:s3cret-token').toString('base64'));
  });

  it('ends when it talks too much or too long', async () => {
    const git = new GitProcess({ stateDir: folder.path });
    const call = { gitDir: repository.bare, maxOutputBytes: 10 };
    await expect(git.run(['log'], call)).rejects.toMatchObject({ code: 'repository_too_large' });
    const cut = await git.run(['log'], { ...call, onLimit: 'truncate' });
    expect([cut.stdout.length, cut.truncated]).toEqual([10, true]);
    server.faults.hang = 'all';
    await expect(
      git.run(['ls-remote', '--', server.url('demo')], { protocols: 'http', timeoutMs: 200 }),
    ).rejects.toMatchObject({ code: 'forge_unavailable' });
  });
});

describe('a host name', () => {
  it('is refused when any of its addresses is private, before git is started', async () => {
    const mine = new MirrorStore({
      dataDir: join(folder.path, 'data'),
      policy: { allowedHosts: [], allowHttp: true, allowLocalPaths: false },
      limits: { maxMb: 50, maxFiles: 1000 },
      resolveHost: async () => ['93.184.216.34', '127.0.0.1'],
    });
    const url = `http://rebind.example.test:${server.port}/demo.git`;
    const address = parseRepositoryAddress(url, {
      allowedHosts: [],
      allowHttp: true,
      allowLocalPaths: false,
    });
    await expect(mine.sync(address)).rejects.toMatchObject({ code: 'repository_not_allowed' });
    expect(server.counts.lookups).toBe(0);
  });

  it('is connected to at the address that was checked, not at what DNS says a moment later', async () => {
    // This name does not exist: only the pinned address can make git reach the server.
    const host = `pinned.example.test:${server.port}`;
    const mine = store(host, { resolveHost: async () => ['127.0.0.1'] });
    const found = await mine.sync(addressOf(`http://${host}/demo.git`, host));
    expect(found.baseSha).toBe(await repository.headSha());
  });
});
