const BY_PATH: readonly (readonly [RegExp, string])[] = [
  [/(^|\/)nx\.json$/, 'nx'],
  [/(^|\/)turbo\.json$/, 'turbo'],
  [/(^|\/)lerna\.json$/, 'lerna'],
  [/(^|\/)pnpm-workspace\.yaml$/, 'pnpm'],
  [/(^|\/)tsconfig[\w.-]*\.json$/, 'tsc'],
  [/(^|\/)pom\.xml$/, 'maven'],
  [/(^|\/)build\.gradle(\.kts)?$/, 'gradle'],
  [/\.(csproj|sln)$/, 'dotnet'],
  [/(^|\/)(setup\.(py|cfg)|requirements[\w.-]*\.txt)$/, 'pip'],
  [/(^|\/)Pipfile$/, 'pipenv'],
  [/(^|\/)Makefile$/, 'make'],
  [/(^|\/)CMakeLists\.txt$/, 'cmake'],
  [/(^|\/)Gemfile$/, 'bundler'],
  [/(^|\/)go\.mod$/, 'go'],
  [/(^|\/)Cargo\.toml$/, 'cargo'],
  [/(^|\/)composer\.json$/, 'composer'],
];
const NPM_TOOLS: Readonly<Record<string, string>> = {
  vite: 'vite',
  webpack: 'webpack',
  rollup: 'rollup',
  esbuild: 'esbuild',
  tsup: 'tsup',
  parcel: 'parcel',
  gulp: 'gulp',
  '@swc/core': 'swc',
};
const PYTHON_BACKENDS: readonly (readonly [RegExp, string])[] = [
  [/\[tool\.poetry\]|poetry\.core|poetry-core/, 'poetry'],
  [/\[tool\.uv\b|uv_build/, 'uv'],
  [/hatchling/, 'hatch'],
  [/flit_core/, 'flit'],
  [/\[tool\.pdm\b|pdm\.backend/, 'pdm'],
];

/** The tools that build what a manifest describes. */
export function buildToolsOf(path: string, text: string): string[] {
  const tools = BY_PATH.filter(([pattern]) => pattern.test(path)).map(([, tool]) => tool);
  if (!path.endsWith('pyproject.toml')) return tools;
  const backends = PYTHON_BACKENDS.filter(([pattern]) => pattern.test(text)).map(
    ([, tool]) => tool,
  );
  return [...tools, ...(backends.length > 0 ? backends : ['pip'])];
}

/** The package manager that a package.json names (npm when none), and bundlers among its dependencies. */
export function npmTools(packageManager: unknown, dependencies: Iterable<string>): string[] {
  const named =
    typeof packageManager === 'string'
      ? /^(npm|yarn|pnpm|bun)@/.exec(packageManager)?.[1]
      : undefined;
  return [named ?? 'npm', ...[...dependencies].flatMap((one) => NPM_TOOLS[one] ?? [])];
}
