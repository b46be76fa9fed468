import { afterAll, beforeAll, expect } from '@jest/globals';
import { plainGit, startGitServer } from '@hil/testing';
import { appendFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { moveCommits } from '../index.js';
import { pairs, Trap, type Attack } from '../testing/attack.js';
import { COMMIT, Stand } from '../testing/stand.js';

// Programs that a repository's own configuration or folders name. The attacker has rewritten `.git` in the tree
// (a test that ran there can), or it is the configuration of somebody's checkout that is read as a local path.

let stand: Stand;
let guarded: Awaited<ReturnType<typeof startGitServer>>;
beforeAll(async () => {
  stand = await Stand.open();
  guarded = await startGitServer({
    repositories: { demo: stand.repository.bare },
    auth: { user: 'x', password: 'y' },
  });
});
afterAll(async () => {
  await guarded.close();
  await stand.close();
});

interface Planted {
  /** TRAP stands for the attack's program. */
  settings?: Record<string, string>;
  attributes?: string;
  hooks?: string[];
}
type Do = (...args: string[]) => Promise<string>;
let count = 0;

/** Puts the attacker's configuration, hooks and attributes, and a change, into a checkout. */
async function plant(path: string, trap: Trap, { settings = {}, attributes, hooks = [] }: Planted) {
  for (const [key, value] of Object.entries(settings)) {
    await plainGit(path, 'config', key, value.replace('TRAP', trap.program));
  }
  mkdirSync(`${path}/.githooks`, { recursive: true });
  for (const hook of hooks) {
    cpSync(trap.program, `${path}/.git/hooks/${hook}`);
    cpSync(trap.program, `${path}/.githooks/${hook}`);
  }
  if (attributes !== undefined) appendFileSync(`${path}/.gitattributes`, `${attributes}\n`);
  writeFileSync(`${path}/a.txt`, 'two\n');
}

async function checkout(): Promise<string> {
  const path = stand.at(`planted-${(count += 1)}`);
  await plainGit(stand.folder.path, 'clone', '-q', stand.repository.bare, path);
  return path;
}

/** Attacks that do not keep each other from working are tried in one run. */
interface Together {
  planted: { trap: () => Trap; what: Planted }[];
  /** The traps that the run has sprung. */
  sprung?: Promise<Set<Trap>>;
}
const inGitDir: Together = { planted: [] };
const inTree: Together = { planted: [] };

/** Everything a run does, in a tree whose `.git` is the attacker's; then the same checkout as a local path. */
async function wholeRun({ planted }: Together): Promise<void> {
  const path = await checkout();
  for (const { trap, what } of planted) await plant(path, trap(), what);
  const { store, address } = stand;
  const { baseSha } = await store.sync(address);
  const tree = await stand.openAt(baseSha, { runId: `run-${count}` });
  cpSync(`${path}/.githooks`, `${tree.path}/.githooks`, { recursive: true });
  cpSync(`${path}/.gitattributes`, `${tree.path}/.gitattributes`);
  writeFileSync(`${tree.path}/.git`, `gitdir: ${path}/.git\n`);
  writeFileSync(`${tree.path}/a.txt`, 'two\n');
  const head = (await tree.commitAll(COMMIT)) ?? '';
  await tree.diff(baseSha, head);
  await tree.changedFiles(baseSha, head);
  await tree.patch(baseSha, head);
  await tree.log(baseSha, head);
  const { author, date } = COMMIT;
  await moveCommits(tree, { from: baseSha, onto: baseSha, commits: [head], author, date });
  await tree.resetHard(head);
  const branch = `chore/x-${count}`;
  const bundle = await tree.bundle(baseSha, head, branch);
  await store.exportTree(address, head, stand.at(`export-${count}`), { bundle });
  expect(await store.pushBranch(address, { sha: head, branch, bundle })).toEqual({
    status: 'pushed',
  });
  await tree.dispose();
  await store.sync(stand.addressOf(path));
}

async function sprungBy(together: Together): Promise<Set<Trap>> {
  const traps = together.planted.map(({ trap }) => trap());
  for (const trap of traps) trap.set();
  await wholeRun(together);
  return new Set(traps.filter((trap) => trap.sprung()));
}

function attack(
  name: string,
  together: Together,
  what: Planted,
  plainly: (git: Do) => Promise<unknown>,
): Attack {
  let own: Trap | undefined;
  const trap = (): Trap => (own ??= new Trap(stand.folder.path, name));
  together.planted.push({ trap, what });
  return {
    name,
    plain: async () => {
      const path = await checkout();
      await plant(path, trap(), what);
      return trap().springs(() => plainly((...args) => plainGit(path, ...args)));
    },
    ours: async () => {
      const sprung = await (together.sprung ??= sprungBy(together));
      return sprung.has(trap());
    },
  };
}

pairs([
  attack(
    'hooks in the git dir',
    inGitDir,
    {
      hooks: [
        'pre-commit',
        'post-checkout',
        'reference-transaction',
        'post-index-change',
        'pre-push',
      ],
    },
    (git) => git('commit', '-qam', 'x'),
  ),
  attack(
    'hooks in the tree, by core.hooksPath',
    inTree,
    { hooks: ['pre-commit', 'pre-push'], settings: { 'core.hooksPath': '.githooks' } },
    (git) => git('commit', '-qam', 'x'),
  ),
  attack('core.fsmonitor', inGitDir, { settings: { 'core.fsmonitor': 'TRAP' } }, (git) =>
    git('status'),
  ),
  attack('diff.external', inGitDir, { settings: { 'diff.external': 'TRAP' } }, (git) =>
    git('diff'),
  ),
  attack(
    'textconv of an attribute',
    inTree,
    { settings: { 'diff.evil.textconv': 'TRAP' }, attributes: '* diff=evil' },
    (git) => git('diff'),
  ),
  attack(
    'a clean filter',
    inGitDir,
    { settings: { 'filter.evil.clean': 'TRAP' }, attributes: '* filter=evil' },
    (git) => git('add', '.'),
  ),
  attack(
    'a smudge filter',
    inGitDir,
    { settings: { 'filter.evil.smudge': 'TRAP' }, attributes: '* filter=evil' },
    (git) => git('checkout', '--', 'a.txt'),
  ),
  attack(
    'a filter process',
    inTree,
    { settings: { 'filter.evil.process': 'TRAP' }, attributes: '* filter=evil' },
    (git) => git('add', '.'),
  ),
  attack(
    'a merge driver',
    inGitDir,
    { settings: { 'merge.evil.driver': 'TRAP' }, attributes: '* merge=evil' },
    async (git) => {
      const base = await git('rev-parse', 'HEAD');
      await git('add', '.');
      await git('commit', '-qm', 'theirs');
      const theirs = await git('rev-parse', 'HEAD');
      await git('checkout', '-q', base);
      await git('read-tree', theirs);
      await git(
        'update-index',
        '--cacheinfo',
        `100644,${await git('rev-parse', `${base}:src/b.js`)},a.txt`,
      );
      await git('commit', '-qm', 'ours');
      await git('checkout', '-qf', 'HEAD');
      await git('merge', theirs);
    },
  ),
  attack(
    'gpg.program',
    inGitDir,
    { settings: { 'gpg.program': 'TRAP', 'commit.gpgSign': 'true' } },
    (git) => git('commit', '-qam', 'x'),
  ),
  {
    name: 'credential.helper',
    plain: async () => {
      const path = await checkout();
      const trap = new Trap(stand.folder.path, 'helper');
      await plant(path, trap, { settings: { 'credential.helper': '!TRAP' } });
      return trap.springs(() => plainGit(path, 'ls-remote', guarded.url('demo')));
    },
    ours: async () => {
      const path = await checkout();
      const trap = new Trap(stand.folder.path, 'helper');
      await plant(path, trap, { settings: { 'credential.helper': '!TRAP' } });
      const policy = stand.policy({ allowedHosts: [guarded.host] });
      const store = stand.storeAt(`data-${count}`, { policy });
      return trap.springs(async () => {
        await store.sync(stand.addressOf(path));
        await store.sync(stand.addressOf(guarded.url('demo'), policy));
      });
    },
  },
]);
