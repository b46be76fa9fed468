import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildGraph } from '../../../libs/knowledge-graph/dist/index.js';
import { filesOf } from './folder.mjs';

/**
 * The folders named by `--repos=FOLDER[,FOLDER]` or HIL_BENCH_REPOSITORIES: checked-out repositories, as
 * `git clone --depth 1` leaves them. Nothing is fetched here, and nothing is written into them.
 */
export function repositories(argv = process.argv.slice(2)) {
  const flag = argv.find((arg) => arg.startsWith('--repos='))?.slice('--repos='.length);
  const named = flag ?? process.env['HIL_BENCH_REPOSITORIES'] ?? '';
  const folders = named
    .split(',')
    .filter(Boolean)
    .map((one) => resolve(one));
  const missing = folders.filter((folder) => !existsSync(folder));
  if (folders.length === 0 || missing.length > 0) {
    throw new Error(
      `${missing.length > 0 ? `no folder ${missing.join(', ')}` : 'no repository'}: pass --repos=FOLDER,FOLDER, each a clone`,
    );
  }
  return folders;
}

/** The graph of a folder, without a cache. */
export function graphOf(root, checker) {
  const project = { name: root, gitSha: '0'.repeat(40), rootPath: '' };
  return buildGraph({ files: filesOf(root), project, rootDir: root, checker });
}

/** Folders below the root whose sources are compared: `--under=src,test`, else `src`, else everything. */
export function partsOf(root, argv = process.argv.slice(2)) {
  const flag = argv.find((arg) => arg.startsWith('--under='))?.slice('--under='.length);
  if (flag !== undefined) return flag.split(',');
  return existsSync(join(root, 'src')) ? ['src'] : ['.'];
}

/** CPU seconds of this process, all threads. */
export function cpuSeconds(since) {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
}
