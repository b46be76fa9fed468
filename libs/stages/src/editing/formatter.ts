import type { Worktree } from '@hil/version-control';
import type { StageContext } from '@hil/workflow';

/** A formatter that a repository has configured for itself. */
export interface ConfiguredFormatter {
  name: string;
  /** The file that says so. */
  where: string;
}

const BY_FILE: readonly (readonly [RegExp, string])[] = [
  [/^(?:\.prettierrc(?:\.\w+)?|prettier\.config\.[cm]?[jt]s)$/, 'prettier'],
  [/^biome\.jsonc?$/, 'biome'],
  [/^\.?ruff\.toml$/, 'ruff format'],
  [/^\.clang-format$/, 'clang-format'],
  [/^\.csharpierrc(?:\.\w+)?$/, 'csharpier'],
];

const BY_TEXT: readonly (readonly [string, RegExp, string])[] = [
  ['package.json', /^\s*"prettier"\s*:\s*[{"]/m, 'prettier'],
  ['pyproject.toml', /^\[tool\.black\]/m, 'black'],
  ['pyproject.toml', /^\[tool\.ruff(?:\.format)?\]/m, 'ruff format'],
  ['pom.xml', /<artifactId>(?:spotless|fmt)-maven-plugin</, 'the Maven formatter'],
  ['build.gradle', /com\.diffplug\.spotless/, 'spotless'],
];

/**
 * The formatter that the files at a repository's root configure, or null. Only what is written there counts:
 * a formatter that nobody asked for would change lines that nobody asked for.
 */
export async function configuredFormatter(
  files: readonly string[],
  read: (path: string) => Promise<string>,
): Promise<ConfiguredFormatter | null> {
  const root = new Set(files.filter((path) => !path.includes('/')));
  for (const [pattern, name] of BY_FILE) {
    const where = [...root].find((path) => pattern.test(path));
    if (where !== undefined) return { name, where };
  }
  for (const [where, pattern, name] of BY_TEXT) {
    if (root.has(where) && pattern.test(await read(where))) return { name, where };
  }
  return null;
}

/** A formatter is the repository's own code and needs its dependencies: it is named here and not run. */
export async function sayUnformatted(
  context: StageContext,
  worktree: Worktree,
  sha: string,
): Promise<void> {
  const files = (await worktree.listFiles(sha)).map(({ path }) => path);
  const read = async (path: string) => (await worktree.readFile(sha, path)).toString('utf8');
  const formatter = await configuredFormatter(files, read);
  if (formatter === null) return;
  context.log(
    `not formatted: ${formatter.where} configures ${formatter.name}, which runs only where the repository's dependencies are installed`,
    'warning',
  );
}
