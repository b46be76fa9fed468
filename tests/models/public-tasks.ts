import { execFile } from 'node:child_process';
import { mkdir, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type FileMap, plainGit, temporaryDirectory } from '@hil/testing';
import { folderFiles } from '../support/repositories.js';
import type { ModelTask } from './model-tasks.js';

/** A task on a commit of a public repository, of which this checkout holds nothing. */
export interface PublicTask extends ModelTask {
  origin: string;
  commit: string;
}

const run = promisify(execFile);
const folder = fileURLToPath(new URL('fixtures/public', import.meta.url));

/**
 * Every such task. @param clones folder of bare or ordinary clones, by name
 * @throws Error that says how to get the clones that are missing
 */
export async function publicTasks(clones: string): Promise<PublicTask[]> {
  const there = new Set(await readdir(clones));
  const tasks = await Promise.all(
    (await readdir(folder)).sort().map(async (file) => ({
      name: file.replace(/\.json$/, ''),
      ...(JSON.parse(await readFile(join(folder, file), 'utf8')) as Omit<PublicTask, 'name'>),
    })),
  );
  const missing = tasks.filter(({ repository }) => !there.has(repository));
  if (missing.length > 0) {
    const clone = missing.map(
      ({ origin, repository }) => `git clone --bare ${origin} ${repository}`,
    );
    throw new Error(`HIL_PUBLIC_REPOSITORIES=${clones} lacks clones; there: ${clone.join('; ')}`);
  }
  return tasks;
}

/** The files of the task's commit. */
export async function publicFiles(
  { repository, commit }: PublicTask,
  clones: string,
): Promise<FileMap> {
  const place = await temporaryDirectory('hil-public-');
  try {
    const tree = join(place.path, 'tree');
    await mkdir(tree);
    const archive = join(place.path, 'tree.tar');
    await plainGit(join(clones, repository), 'archive', `--output=${archive}`, commit);
    await run('tar', ['-xf', archive, '-C', tree]);
    return folderFiles(tree);
  } finally {
    await place.remove();
  }
}
