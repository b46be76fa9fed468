import { afterAll, afterEach, beforeAll } from '@jest/globals';
import {
  plainGit,
  plainGitEnvironment,
  requireOrSkip,
  startGitServer,
  type GitServer,
} from '@hil/testing';
import { execFile } from 'node:child_process';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { GitProcess } from '../git-process.js';
import { isPrivateAddress } from '../index.js';
import { pairs, Trap, type Attack } from '../testing/attack.js';
import { COMMIT, Stand } from '../testing/stand.js';

// Addresses, branch names and answers of servers: text of strangers that ends up beside git's own arguments.

const exec = promisify(execFile);
const TOKEN = 's3cret-token';
const CLOSED = { allowedHosts: [], allowHttp: true, allowLocalPaths: false };
let stand: Stand;
let trap: Trap;
let thief: GitServer;
beforeAll(async () => {
  stand = await Stand.open();
  trap = new Trap(stand.folder.path);
  thief = await startGitServer({
    repositories: { demo: stand.repository.bare },
    auth: { user: 'x', password: TOKEN },
    allowPush: true,
  });
});
afterAll(async () => {
  await thief.close();
  await stand.close();
});
afterEach(() => {
  stand.server.faults.redirectTo = undefined;
  stand.server.faults.redirectPushTo = undefined;
  thief.authorizations.length = 0;
  thief.requests.length = 0;
});

const plain = (...args: string[]): Promise<string> => plainGit(stand.repository.checkout, ...args);
/** Tries the whole way of an address: read as a person's text, then looked up. */
const used = async (text: string, policy = CLOSED): Promise<boolean> => {
  try {
    await stand.storeAt('addresses', { policy }).sync(stand.addressOf(text, policy));
    return true;
  } catch {
    return false;
  }
};

/** One spelling of this machine's loopback address in an URL. */
function spelling(host: string): Attack {
  const url = (): string => `http://${host}:${stand.server.port}/demo.git`;
  return {
    name: `loopback written as ${host}`,
    plain: async () => (await plain('ls-remote', url())) !== '',
    ours: () => used(url()),
  };
}

/** The same name, fully qualified. Not every system has an answer to it, so this one is told what many say. */
function dotted(): Attack {
  const answer = (): string => `http.curloptResolve=localhost.:${stand.server.port}:127.0.0.1`;
  const { name, ours } = spelling('localhost.');
  return {
    name,
    plain: async () => {
      const url = `http://localhost.:${stand.server.port}/demo.git`;
      return (await plain('-c', answer(), 'ls-remote', url)) !== '';
    },
    ours,
  };
}

/** Asks for the token as a person's credential store would, whoever asks. */
async function askpass(): Promise<NodeJS.ProcessEnv> {
  const path = stand.at('askpass.sh');
  writeFileSync(path, `#!/bin/sh\ncase "$1" in User*) echo x;; *) echo ${TOKEN};; esac\n`);
  chmodSync(path, 0o755);
  return { ...plainGitEnvironment(), GIT_ASKPASS: path };
}

const withToken = () =>
  stand.storeAt('token', {
    credentials: (host) =>
      host === stand.server.host ? { username: 'x', password: TOKEN } : undefined,
  });

pairs([
  {
    name: 'an ext:: address that runs a program',
    plain: () =>
      trap.springs(() =>
        exec('git', ['ls-remote', `ext::${trap.program}`], {
          env: { ...plainGitEnvironment(), GIT_ALLOW_PROTOCOL: 'ext' },
        }),
      ),
    ours: () =>
      trap.springs(async () => {
        process.env['GIT_ALLOW_PROTOCOL'] = 'ext';
        try {
          await used(`ext::${trap.program}`, { ...CLOSED, allowLocalPaths: true });
          const git = new GitProcess({ stateDir: stand.folder.path });
          for (const protocols of ['none', 'http', 'https', 'file'] as const) {
            await git.run(['ls-remote', '--', `ext::${trap.program}`], { protocols });
          }
        } finally {
          delete process.env['GIT_ALLOW_PROTOCOL'];
        }
      }),
  },
  {
    name: 'an ssh address that runs the ssh command of the configuration',
    plain: () =>
      trap.springs(() =>
        plain('-c', `core.sshCommand=${trap.program}`, 'ls-remote', 'ssh://127.0.0.1/x'),
      ),
    ours: () =>
      trap.springs(async () => {
        process.env['GIT_SSH_COMMAND'] = trap.program;
        try {
          for (const text of ['ssh://127.0.0.1/x', 'git@127.0.0.1:x']) await used(text);
          const git = new GitProcess({ stateDir: stand.folder.path });
          await git.run(['ls-remote', '--', 'ssh://127.0.0.1/x'], { protocols: 'https' });
        } finally {
          delete process.env['GIT_SSH_COMMAND'];
        }
      }),
  },
  {
    name: 'a file:// address that reads a folder of the server',
    plain: async () => (await plain('ls-remote', `file://${stand.repository.bare}`)) !== '',
    ours: async () => {
      const git = new GitProcess({ stateDir: stand.folder.path });
      const url = `file://${stand.repository.bare}`;
      const { code } = await git.run(['ls-remote', '--', url], { protocols: 'https' });
      return code === 0 || (await used(url)) || used(stand.repository.bare);
    },
  },
  {
    name: 'an address that is an option (--upload-pack=)',
    plain: () =>
      trap.springs(() =>
        plain('clone', `--upload-pack=${trap.program}`, stand.repository.bare, stand.at('c')),
      ),
    ours: () =>
      trap.springs(async () => {
        const option = `--upload-pack=${trap.program}`;
        await used(option, { ...CLOSED, allowLocalPaths: true });
        const git = new GitProcess({ stateDir: stand.folder.path });
        const { store } = stand;
        const access = await store.access(stand.addressOf(stand.repository.bare));
        await store
          .listRemote({ ...access, source: option }, [stand.repository.bare], undefined)
          .catch(() => undefined);
        await git.run(['ls-remote', '--', option], { protocols: 'file' });
      }),
  },
  {
    name: 'a branch that is an option',
    plain: () =>
      trap.springs(() => plain('fetch', stand.repository.bare, `--upload-pack=${trap.program}`)),
    ours: () =>
      trap.springs(async () => {
        const name = `--upload-pack=${trap.program}`;
        const local = stand.addressOf(stand.repository.bare);
        await stand.store.sync(local, { branch: name }).catch(() => undefined);
        await stand.store.remoteBranchSha(local, name).catch(() => undefined);
        const sha = await stand.repository.headSha();
        await stand.store.pushBranch(stand.address, { sha, branch: name }).catch(() => undefined);
      }),
  },
  {
    name: 'a default branch, named by the server, that is an option',
    plain: () =>
      trap.springs(async () => {
        const head = await optionAsHead();
        await plain('fetch', stand.repository.bare, head);
      }),
    ours: () =>
      trap.springs(async () => {
        await optionAsHead();
        try {
          const found = await stand.store.sync(stand.addressOf(stand.repository.bare));
          await stand.store.remoteBranchSha(stand.address, found.baseBranch);
        } finally {
          await plainGit(stand.repository.bare, 'symbolic-ref', 'HEAD', 'refs/heads/main');
        }
      }),
  },
  {
    name: 'a redirect of a fetch to a server that asks for the password',
    plain: async () => {
      stand.server.faults.redirectTo = `http://${thief.host}`;
      const env = await askpass();
      await exec('git', ['ls-remote', stand.server.url('demo')], { env });
      return thief.authorizations.length > 0;
    },
    ours: async () => {
      stand.server.faults.redirectTo = `http://${thief.host}`;
      Object.assign(process.env, { GIT_ASKPASS: (await askpass())['GIT_ASKPASS'] });
      await withToken()
        .sync(stand.address)
        .catch(() => undefined);
      delete process.env['GIT_ASKPASS'];
      return thief.requests.length > 0;
    },
  },
  {
    name: 'a redirect of a push to a server that asks for the password',
    plain: async () => {
      stand.server.faults.redirectPushTo = `http://${thief.host}`;
      const options = { env: await askpass(), cwd: stand.repository.checkout };
      await exec('git', ['push', stand.server.url('demo'), 'HEAD:refs/heads/stolen'], options);
      return thief.authorizations.length > 0;
    },
    ours: async () => {
      const store = withToken();
      const { baseSha } = await store.sync(stand.address);
      const tree = await store.openWorktree({ address: stand.address, runId: 'r', sha: baseSha });
      writeFileSync(`${tree.path}/a.txt`, 'two\n');
      const sha = (await tree.commitAll(COMMIT)) ?? '';
      const bundle = await tree.bundle(baseSha, sha, 'chore/x');
      stand.server.faults.redirectPushTo = `http://${thief.host}`;
      const { status } = await store.pushBranch(stand.address, { sha, branch: 'chore/x', bundle });
      return status !== 'refused' || thief.requests.length > 0;
    },
  },
  spelling('127.0.0.1'),
  spelling('2130706433'),
  spelling('017700000001'),
  spelling('0x7f000001'),
  spelling('0x7f.1'),
  spelling('127.1'),
  spelling('localhost'),
  spelling('LOCALHOST'),
  dotted(),
  {
    name: 'a name that DNS gives another address a moment after it was checked',
    // What the check was told is 127.0.0.2, where nobody listens; the system says 127.0.0.1.
    plain: async () => {
      const url = `http://localhost:${stand.server.port}/demo.git`;
      return !isPrivateAddress('8.8.8.8') && (await plain('ls-remote', url)) !== '';
    },
    ours: async () => {
      const host = `localhost:${stand.server.port}`;
      const policy = { ...CLOSED, allowedHosts: [host] };
      const store = stand.storeAt('rebound', { policy, resolveHost: async () => ['127.0.0.2'] });
      const before = stand.server.counts.lookups;
      await store.sync(stand.addressOf(`http://${host}/demo.git`, policy)).catch(() => undefined);
      return stand.server.counts.lookups > before;
    },
  },
]);

requireOrSkip(
  'with IPv6',
  existsSync('/proc/net/if_inet6'),
  'this machine has no IPv6',
)(() => pairs([spelling('[::ffff:127.0.0.1]'), spelling('[::ffff:7f00:1]')]));

/** Makes the server announce a default branch whose name git would read as an option. */
async function optionAsHead(): Promise<string> {
  const name = `--upload-pack=${trap.program}`;
  const sha = await stand.repository.headSha();
  await plainGit(stand.repository.bare, 'update-ref', `refs/heads/${name}`, sha);
  await plainGit(stand.repository.bare, 'symbolic-ref', 'HEAD', `refs/heads/${name}`);
  return name;
}
