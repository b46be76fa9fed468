const IGNORED = new Set([
  'node_modules',
  'bower_components',
  'vendor',
  'third_party',
  'dist',
  'build',
  'out',
  'target',
  'bin',
  'obj',
  '.git',
  '.hg',
  '.svn',
  '.next',
  '.nuxt',
  '.venv',
  'venv',
  '__pycache__',
  'site-packages',
  'coverage',
  '.yarn',
  '.gradle',
]);

/** These names also serve hand-written code, so they only count as output folders near the top. */
const AMBIGUOUS = new Set(['build', 'out', 'target', 'bin', 'obj', 'vendor', 'dist', 'coverage']);

/** Why a tracked file is left out by its path, or null. */
export function ignoredReason(path: string): string | null {
  const folders = path.split('/').slice(0, -1);
  const at = folders.findIndex((name) => IGNORED.has(name));
  if (at !== -1) {
    const name = folders[at] ?? '';
    const insideSources = folders
      .slice(0, at)
      .some((one) => /^(src|lib|app|test|tests)$/.test(one));
    if (!AMBIGUOUS.has(name) || !insideSources) return `in ignored folder ${name}`;
  }
  if (/\.min\.(js|mjs|cjs)$/.test(path)) return 'minified';
  return null;
}

/** Largest source file that is read, in bytes. */
export const MAX_SOURCE_BYTES = 1_000_000;

const MANIFEST =
  /(^|\/)(package\.json|[jt]sconfig[\w.-]*\.json|pyproject\.toml|setup\.(py|cfg)|requirements[\w.-]*\.txt|Pipfile|pom\.xml|build\.gradle(\.kts)?|[\w.-]+\.csproj|[\w.-]+\.sln|nx\.json|lerna\.json|turbo\.json|pnpm-workspace\.yaml|Makefile|Gemfile|go\.mod|Cargo\.toml|CMakeLists\.txt|composer\.json|[\w.-]+\.prisma|next\.config\.[cm]?[jt]s|application\.(properties|ya?ml))$/;

/** Files that say what the project is built from: package manifests and compiler settings. */
export function isManifest(path: string): boolean {
  return MANIFEST.test(path);
}
