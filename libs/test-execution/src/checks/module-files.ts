import { posix } from 'node:path';
import { findRepositoryFiles } from '../detect/repository-files.js';
import { type Problem } from './check.js';

const USUAL_SOURCES = 'src/main/java/';

/**
 * Tools of a Maven build name files as their module sees them, and SpotBugs only packages: this finds where they are
 * in the repository. What is nowhere stays as it was.
 */
export async function inModules(
  workspace: string,
  cwd: string,
  problems: readonly Problem[],
): Promise<Problem[]> {
  if (problems.every(({ file }) => file === undefined)) return [...problems];
  const inside = (path: string) => cwd === '.' || path.startsWith(`${cwd}/`);
  const sources = await findRepositoryFiles(
    workspace,
    (name, path) => /\.(?:java|kt|xml|properties)$/.test(name) && inside(path),
    16,
  );
  const known = new Set(sources);
  const find = (file: string): string => {
    if (known.has(file)) return file;
    const own = posix.relative(cwd, file);
    const endsWith = (end: string) => sources.find((path) => path.endsWith(`/${end}`));
    const elsewhere = own.startsWith(USUAL_SOURCES)
      ? endsWith(own.slice(USUAL_SOURCES.length))
      : undefined;
    return endsWith(own) ?? elsewhere ?? file;
  };
  return problems.map((problem) =>
    problem.file === undefined ? problem : { ...problem, file: find(problem.file) },
  );
}
