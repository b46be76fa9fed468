import { afterAll, beforeAll } from '@jest/globals';
import { plainGit, plainGitEnvironment, startGitServer, type GitServer } from '@hil/testing';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { pairs, type Attack } from '../testing/attack.js';
import { COMMIT, Stand } from '../testing/stand.js';

// What a commit itself can hold: links, names, attributes, submodules, bombs. Nobody has to run anything.

let stand: Stand;
let elsewhere: GitServer;
beforeAll(async () => {
  stand = await Stand.open();
  elsewhere = await startGitServer({ repositories: { part: stand.repository.bare } });
  mkdirSync(stand.at('outside'));
});
afterAll(async () => {
  await elsewhere.close();
  await stand.close();
});

const bare = (...args: string[]): Promise<string> => plainGit(stand.repository.bare, ...args);
const withInput = (input: string, ...args: string[]): string =>
  execFileSync('git', args, {
    cwd: stand.repository.bare,
    env: plainGitEnvironment(),
    input,
    encoding: 'utf8',
  }).trim();

/** A branch whose commit has these entries besides those of main; names that no checkout would make can be in it. */
async function branch(name: string, entries: readonly string[]): Promise<string> {
  const main = (await bare('ls-tree', 'main')).split('\n');
  const tree = withInput(`${[...main, ...entries].join('\n')}\n`, 'mktree', '--missing');
  const commit = await bare('commit-tree', tree, '-p', 'main', '-m', name);
  await bare('update-ref', `refs/heads/${name}`, commit);
  return commit;
}

const blob = (text: string): string => withInput(text, 'hash-object', '-w', '--stdin');
const folderOf = (entry: string): string => withInput(`${entry}\n`, 'mktree');

let count = 0;
async function plainClone(name: string, ...options: string[]): Promise<string> {
  const path = stand.at(`plain-${(count += 1)}`);
  await plainGit(
    stand.folder.path,
    'clone',
    '-q',
    ...options,
    '-b',
    name,
    stand.server.url('demo'),
    path,
  );
  return path;
}

async function opened(name: string) {
  const { baseSha } = await stand.store.sync(stand.address, { branch: name });
  const tree = await stand.openAt(baseSha, { runId: `run-${(count += 1)}` });
  const exported = stand.at(`export-${count}`);
  await stand.store.exportTree(stand.address, baseSha, exported);
  return { tree, exported, baseSha };
}

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: unknown) => (error as { code?: unknown }).code,
  );

/** An attack whose commit must not even be taken in. */
function refused(name: string, make: () => Promise<string>, code: string, plain: Attack['plain']) {
  return {
    name,
    plain: async () => {
      await make();
      return plain();
    },
    ours: async () => {
      const small = stand.storeAt('small', { limits: { maxMb: 1, maxFiles: 1000 } });
      const found = await codeOf(small.sync(stand.address, { branch: await make() }));
      if (found !== 'done' && found !== code)
        throw new Error(`refused for another reason: ${found}`);
      return found === 'done';
    },
  };
}

const GIT_NAMES = { upper: '.GIT', ignorable: '.g\u200cit', short: 'git~1' };
const nameAttack = (kind: keyof typeof GIT_NAMES, name: string): Attack =>
  refused(
    name,
    async () => {
      const inner = folderOf(`100644 blob ${blob('[core]\n\tfsmonitor = x\n')}\tconfig`);
      await branch(kind, [`040000 tree ${inner}\t${GIT_NAMES[kind]}`]);
      return kind;
    },
    'repository_not_allowed',
    async () => {
      const path = await plainClone(kind, '--no-checkout');
      return (await plainGit(path, 'ls-tree', '-r', '--name-only', '-z', 'HEAD')).includes(
        `${GIT_NAMES[kind]}/config`,
      );
    },
  );

pairs([
  {
    name: 'a symlink that leads out of the tree is written through',
    plain: async () => {
      await branch('link', [`120000 blob ${blob(stand.at('outside'))}\tout`]);
      const path = await plainClone('link');
      writeFileSync(`${path}/out/plain.txt`, 'x');
      return existsSync(stand.at('outside', 'plain.txt'));
    },
    ours: async () => {
      await branch('link', [`120000 blob ${blob(stand.at('outside'))}\tout`]);
      const { tree, exported } = await opened('link');
      for (const path of [tree.path, exported]) {
        try {
          writeFileSync(`${path}/out/ours.txt`, 'x');
        } catch {
          // "out" is a file.
        }
      }
      return existsSync(stand.at('outside', 'ours.txt'));
    },
  },
  {
    name: 'a submodule fetches from another server',
    plain: async () => {
      await submodule();
      await plainClone('sub', '--recurse-submodules');
      return elsewhere.counts.lookups > 0;
    },
    ours: async () => {
      await submodule();
      const before = elsewhere.counts.lookups;
      const { tree, baseSha } = await opened('sub');
      await tree.resetHard(baseSha);
      return elsewhere.counts.lookups > before;
    },
  },
  nameAttack('upper', 'objects that write into .GIT'),
  nameAttack('ignorable', 'objects that write into .git with an ignorable character'),
  nameAttack('short', 'objects that write into git~1'),
  {
    name: 'a file that some file system takes for one of .git is committed',
    plain: async () => {
      const path = await plainClone('main');
      mkdirSync(`${path}/.g\u200cit`);
      writeFileSync(`${path}/.g\u200cit/config`, 'x');
      await plainGit(path, 'add', '--all');
      return (await plainGit(path, 'diff', '--cached', '--name-only')) !== '';
    },
    ours: async () => {
      const { tree } = await opened('main');
      mkdirSync(`${tree.path}/.g\u200cit`);
      writeFileSync(`${tree.path}/.g\u200cit/config`, 'x');
      return (await codeOf(tree.commitAll(COMMIT))) === 'done';
    },
  },
  refused(
    'a file that is small in the pack and huge on disk',
    async () => {
      await branch('zeros', [`100644 blob ${blob('\0'.repeat(3 * 1024 * 1024))}\tzeros`]);
      return 'zeros';
    },
    'repository_too_large',
    async () => readFileSync(`${await plainClone('zeros')}/zeros`).length > 2 * 1024 * 1024,
  ),
  refused(
    'a tree of trees that unfolds to many files',
    async () => {
      let inner = `100644 blob ${blob('x')}`;
      for (let level = 0; level < 3; level += 1) {
        const entries = Array.from({ length: 11 }, (_, index) => `${inner}\t${index}`);
        inner = `040000 tree ${withInput(`${entries.sort().join('\n')}\n`, 'mktree')}`;
      }
      await branch('bomb', [`${inner}\tbomb`]);
      return 'bomb';
    },
    'repository_too_large',
    async () => readdirSync(`${await plainClone('bomb')}/bomb`, { recursive: true }).length > 1000,
  ),
  {
    name: 'an attribute that changes bytes on the way to disk',
    plain: async () => {
      await attributes();
      const path = await plainClone('attributes');
      return readFileSync(`${path}/id.txt`, 'utf8') !== '$Id$\n';
    },
    ours: async () => {
      await attributes();
      const { tree, exported } = await opened('attributes');
      return [tree.path, exported].some(
        (path) => readFileSync(`${path}/id.txt`, 'utf8') !== '$Id$\n',
      );
    },
  },
  {
    name: 'an attribute that hides a file from exports and its change from the diff',
    plain: async () => {
      const sha = await attributes();
      const path = await plainClone('attributes');
      const archived = await plainGit(path, 'archive', '--format=tar', 'HEAD');
      const shown = await plainGit(path, 'diff', `${sha}^`, sha, '--', 'hidden.txt');
      return !archived.includes('the payload') && !shown.includes('the payload');
    },
    ours: async () => {
      const sha = await attributes();
      const { tree, exported } = await opened('attributes');
      const { text } = await tree.diff(await bare('rev-parse', 'main'), sha);
      return !existsSync(`${exported}/hidden.txt`) || !text.includes('the payload');
    },
  },
  {
    name: 'alternates that lead to the objects of another repository',
    plain: async () => {
      const { secret, planted } = await alternates();
      const path = await plainClone('main');
      writeFileSync(`${path}/.git/objects/info/alternates`, `${planted}\n`);
      return (await plainGit(path, 'show', `${secret}:secret.txt`)) === 'of others';
    },
    ours: async () => {
      const { secret, planted } = await alternates();
      const { tree } = await opened('main');
      const evil = await plainClone('main');
      writeFileSync(`${evil}/.git/objects/info/alternates`, `${planted}\n`);
      writeFileSync(`${tree.path}/.git`, `gitdir: ${evil}/.git\n`);
      process.env['GIT_ALTERNATE_OBJECT_DIRECTORIES'] = planted;
      try {
        return (await codeOf(tree.readFile(secret, 'secret.txt'))) === 'done';
      } finally {
        delete process.env['GIT_ALTERNATE_OBJECT_DIRECTORIES'];
      }
    },
  },
]);

async function submodule(): Promise<void> {
  const main = await bare('rev-parse', 'main');
  const text = `[submodule "part"]\n\tpath = part\n\turl = ${elsewhere.url('part')}\n`;
  await branch('sub', [`100644 blob ${blob(text)}\t.gitmodules`, `160000 commit ${main}\tpart`]);
}

function attributes(): Promise<string> {
  const text = 'id.txt ident\nhidden.txt export-ignore -diff\n';
  return branch('attributes', [
    `100644 blob ${blob(text)}\t.gitattributes`,
    `100644 blob ${blob('$Id$\n')}\tid.txt`,
    `100644 blob ${blob('the payload\n')}\thidden.txt`,
  ]);
}

/** A repository that the attacker may not read, and where its objects lie. */
async function alternates(): Promise<{ secret: string; planted: string }> {
  const path = stand.at(`secret-${(count += 1)}`);
  await plainGit(stand.folder.path, 'init', '-q', path);
  writeFileSync(`${path}/secret.txt`, 'of others\n');
  await plainGit(path, 'add', '.');
  await plainGit(path, 'commit', '-qm', 'x');
  return { secret: await plainGit(path, 'rev-parse', 'HEAD'), planted: `${path}/.git/objects` };
}
