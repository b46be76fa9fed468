import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { plainGit } from './plain-git.js';
import { temporaryDirectory } from './temporary-directory.js';

/** Path -> content; null removes the file. */
export type FileMap = Readonly<Record<string, string | Buffer | null>>;

/** A real repository for a test: a bare one to serve, and a checkout to change it from. */
export interface TestRepository {
  /** Bare repository; serve it with `startGitServer`. */
  bare: string;
  /** Ordinary checkout; also of use as a local-path repository. */
  checkout: string;
  branch: string;
  /** The newest commit of `branch`. */
  headSha(): Promise<string>;
  /** Writes files, commits and pushes them to the bare repository; answers the commit id. */
  commit(files: FileMap, message?: string): Promise<string>;
  /** Runs git in the checkout. */
  git(...args: string[]): Promise<string>;
  /** Pushes whatever the checkout's branch holds, by force. */
  publish(): Promise<void>;
  remove(): Promise<void>;
}

/** Makes a repository from a map of path -> content, with further commits on top if given. */
export async function createRepository(
  files: FileMap,
  options: { branch?: string; commits?: readonly FileMap[] } = {},
): Promise<TestRepository> {
  const branch = options.branch ?? 'main';
  const folder = await temporaryDirectory('hil-repository-');
  const bare = join(folder.path, 'repository.git');
  const checkout = join(folder.path, 'checkout');
  await mkdir(checkout);
  await plainGit(folder.path, 'init', '--quiet', '--bare', `--initial-branch=${branch}`, bare);
  await plainGit(folder.path, 'init', '--quiet', `--initial-branch=${branch}`, checkout);
  const git = (...args: string[]): Promise<string> => plainGit(checkout, ...args);
  const repository: TestRepository = {
    bare,
    checkout,
    branch,
    git,
    headSha: () => git('rev-parse', 'HEAD'),
    publish: async () => {
      await git('push', '--quiet', '--force', bare, `HEAD:refs/heads/${branch}`);
    },
    commit: async (changes, message = 'chore: change') => {
      for (const [path, content] of Object.entries(changes)) {
        const place = join(checkout, path);
        if (content === null) await rm(place, { force: true });
        else {
          await mkdir(dirname(place), { recursive: true });
          await writeFile(place, content);
        }
      }
      await git('add', '--all', '--force');
      await git('commit', '--quiet', '--allow-empty', '-m', message);
      await repository.publish();
      return repository.headSha();
    },
    remove: folder.remove,
  };
  await repository.commit(files, 'chore: first');
  for (const commit of options.commits ?? []) await repository.commit(commit);
  return repository;
}
