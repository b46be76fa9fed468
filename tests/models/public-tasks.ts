import { execFile } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
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
  /** What the run's own tests come to; `not_run` where few machines have the toolchain. */
  tests?: 'not_run';
  /** Large files that the task does without. */
  without?: string[];
}

const run = promisify(execFile);
const folder = fileURLToPath(new URL('fixtures/public', import.meta.url));

/** Every such task, by name. */
export function publicTasks(): PublicTask[] {
  return readdirSync(folder)
    .sort()
    .map((file) => ({
      name: file.replace(/\.json$/, ''),
      ...(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Omit<PublicTask, 'name'>),
    }));
}

/**
 * The files of the task's commit. @param clones folder of bare or ordinary clones, by name
 * @throws Error that says how to get a clone that is missing
 */
export async function publicFiles(
  { repository, origin, commit, without = [] }: PublicTask,
  clones: string,
): Promise<FileMap> {
  if (!existsSync(join(clones, repository)))
    throw new Error(`in ${clones}: git clone --bare ${origin} ${repository}`);
  const place = await temporaryDirectory('hil-public-');
  try {
    const tree = join(place.path, 'tree');
    await mkdir(tree);
    const rest = without.map((path) => `:(exclude)${path}`);
    const archive = join(place.path, 'tree.tar');
    await plainGit(
      join(clones, repository),
      'archive',
      `--output=${archive}`,
      commit,
      '.',
      ...rest,
    );
    await run('tar', ['-xf', archive, '-C', tree]);
    return folderFiles(tree);
  } finally {
    await place.remove();
  }
}
