import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const FETCH_LIMIT_MS = 15 * 60_000;

/** Git as nobody has set it up: no settings, hooks or questions of this machine. */
async function git(cwd, args, { timeout = 120_000 } = {}) {
  const { stdout } = await run('git', args, {
    cwd,
    timeout,
    maxBuffer: 1 << 28,
    env: {
      PATH: process.env.PATH,
      HOME: '/nonexistent',
      LC_ALL: 'C',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_TERMINAL_PROMPT: '0',
      GIT_ALLOW_PROTOCOL: 'file:http:https',
      ...Object.fromEntries(
        ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'no_proxy'].flatMap(
          (name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]),
        ),
      ),
      ...(process.env.NODE_EXTRA_CA_CERTS === undefined
        ? {}
        : { GIT_SSL_CAINFO: process.env.NODE_EXTRA_CA_CERTS }),
      ...identity('AUTHOR'),
      ...identity('COMMITTER'),
    },
  });
  return stdout.trimEnd();
}

function identity(who) {
  return { [`GIT_${who}_NAME`]: 'eval', [`GIT_${who}_EMAIL`]: 'eval@localhost' };
}

/**
 * A repository in `folder` with one commit: the files of a task, or the tree of an instance's commit. The history
 * behind and after it is left out, so that no later commit can be read.
 * @throws Error with git's words when the repository or the commit can't be had
 */
export async function workRepository(source, folder) {
  const path = join(folder, 'repository');
  mkdirSync(path, { recursive: true });
  await git(path, ['init', '-q', '--initial-branch=main']);
  if (source.folder !== undefined) {
    cpSync(source.folder, path, { recursive: true });
    await git(path, ['add', '-A', '--force']);
    await git(path, ['commit', '-q', '--no-verify', '-m', 'base']);
    return path;
  }
  await fetchCommit(path, source);
  const tree = await git(path, ['rev-parse', 'FETCH_HEAD^{tree}']);
  const commit = await git(path, ['commit-tree', tree, '-m', 'base']);
  await git(path, ['reset', '-q', '--hard', commit]);
  await git(path, ['update-ref', '-d', 'FETCH_HEAD']).catch(() => undefined);
  return path;
}

async function fetchCommit(path, { repository, commit }) {
  const local = existsSync(repository);
  // A server gives any commit by its id; a folder only when its side is told to. Short ids need a look first.
  const wanted = local
    ? await git(path, ['--git-dir', await gitDirOf(repository), 'rev-parse', `${commit}^{commit}`])
    : commit;
  await git(
    path,
    [
      'fetch',
      '-q',
      '--depth=1',
      '--no-tags',
      ...(local ? ['--upload-pack=git -c uploadpack.allowAnySHA1InWant=true upload-pack'] : []),
      '--',
      local ? `file://${repository}` : repository,
      wanted,
    ],
    { timeout: FETCH_LIMIT_MS },
  );
}

function gitDirOf(repository) {
  return existsSync(join(repository, '.git')) ? join(repository, '.git') : repository;
}

/**
 * The base with the change, then with the tests that judge it: where both touch a file, the tests' version counts.
 * @param patch what the run delivered, as a unified diff
 * @throws Error with git's words when a patch does not apply
 */
export async function judgedTree(repository, folder, { patch, hidden = {}, testPatch = '' }) {
  const tree = join(folder, 'judged');
  await git(folder, ['clone', '-q', '--', repository, tree]);
  if (patch.trim() !== '') await applied(tree, folder, 'change.patch', patch);
  if (testPatch !== '') {
    for (const path of touchedBy(testPatch)) {
      const known = await git(tree, ['ls-tree', '-r', '--name-only', 'HEAD', '--', path]);
      if (known === '') await git(tree, ['clean', '-qfdx', '--', path]);
      else await git(tree, ['checkout', '-q', 'HEAD', '--', path]);
    }
    await applied(tree, folder, 'test.patch', testPatch);
  }
  for (const [path, text] of Object.entries(hidden)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  }
  return tree;
}

async function applied(tree, folder, name, text) {
  const file = join(folder, name);
  writeFileSync(file, text.endsWith('\n') ? text : `${text}\n`);
  await git(tree, ['apply', '--whitespace=nowarn', file]);
}

function touchedBy(patch) {
  const paths = [...patch.matchAll(/^(?:---|\+\+\+) [ab]\/(.+?)(?:\t.*)?$/gm)].map(
    ([, path]) => path,
  );
  return [...new Set(paths)];
}
