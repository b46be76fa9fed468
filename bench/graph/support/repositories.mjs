import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { buildGraph } from '../../../libs/knowledge-graph/dist/index.js';
import { filesOf } from './folder.mjs';

const USAGE = `Give the repositories to measure on, checked out, as "git clone --depth 1 URL" leaves them:

  npm run bench:graph -- --repos=FOLDER[,FOLDER...] [--under=PART[,PART...]] [--json=FOLDER] [--strict]

or HIL_BENCH_REPOSITORIES=FOLDER,FOLDER. Each benchmark takes those that are in its language and leaves the others
out. Nothing is fetched, and nothing is written into them. Java needs compiled classes: mvn -q -DskipTests compile.`;

/** What a shell calls wrong use of a command; the runner of all benchmarks stops at it. */
const WRONG_USE = 2;

/** The folders named by `--repos=FOLDER[,FOLDER]` or HIL_BENCH_REPOSITORIES; without any, says how and ends. */
export function repositories(argv = process.argv.slice(2)) {
  const flag = argv.find((arg) => arg.startsWith('--repos='))?.slice('--repos='.length);
  const named = flag ?? process.env['HIL_BENCH_REPOSITORIES'] ?? '';
  const folders = named
    .split(',')
    .filter(Boolean)
    .map((one) => resolve(one));
  const missing = folders.filter((folder) => !existsSync(folder));
  if (folders.length > 0 && missing.length === 0) return folders;
  console.error(`${missing.length > 0 ? `No folder ${missing.join(', ')}. ` : ''}${USAGE}`);
  process.exit(WRONG_USE);
}

/** Those of the repositories that have a file of that kind below the parts compared; the others are said. */
export function repositoriesWith(pattern, what, report) {
  return repositories().filter((root) => {
    const parts = partsOf(root).map((part) => (part === '.' ? '' : `${part}/`));
    const has = filesOf(root).some(
      ({ path }) => pattern.test(path) && parts.some((part) => path.startsWith(part)),
    );
    if (!has) report.note(`${basename(root)}: left out, no ${what} in ${partsOf(root).join(', ')}`);
    return has;
  });
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
