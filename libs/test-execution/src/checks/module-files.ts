import { posix } from 'node:path';
import { findRepositoryFiles, isBelow } from '../detect/repository-files.js';
import { type Problem } from './check.js';

const USUAL_SOURCES = 'src/main/java/';

/**
 * Tools of a Maven build name files as their module sees them, and SpotBugs only packages: this finds where they are
 * in the repository. What is nowhere, or in several modules, stays as it was.
 */
export async function inModules(
  workspace: string,
  cwd: string,
  problems: readonly Problem[],
): Promise<Problem[]> {
  if (problems.every(({ file }) => file === undefined)) return [...problems];
  const sources = await findRepositoryFiles(
    workspace,
    (name, path) => /\.(?:java|kt|xml|properties)$/.test(name) && isBelow(path, cwd),
    16,
  );
  const known = new Set(sources);
  const find = (file: string): string => {
    if (known.has(file)) return file;
    const own = posix.relative(cwd, file);
    const ends = own.startsWith(USUAL_SOURCES) ? [own, own.slice(USUAL_SOURCES.length)] : [own];
    for (const end of ends) {
      const [first, second] = sources.filter((path) => path.endsWith(`/${end}`));
      if (first !== undefined) return second === undefined ? first : file;
    }
    return file;
  };
  const places = new Map<string, string>();
  for (const { file } of problems) {
    if (file !== undefined && !places.has(file)) places.set(file, find(file));
  }
  return problems.map((problem) =>
    problem.file === undefined
      ? problem
      : { ...problem, file: places.get(problem.file) ?? problem.file },
  );
}
