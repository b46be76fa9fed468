/** What the manifests say about a project. */
export interface ProjectFacts {
  frameworks: string[];
  buildTools: string[];
  description: string;
  /** Names of workspace packages with their folders. */
  packages: { name: string; folder: string; entry: string | null }[];
  /** Files that manifests name as a way in: `main`, `bin`, a start script. */
  entryFiles: string[];
}

const NPM_FRAMEWORKS: readonly (readonly [string, string])[] = [
  ['@nestjs/core', 'nestjs'],
  ['express', 'express'],
  ['fastify', 'fastify'],
  ['hono', 'hono'],
  ['koa', 'koa'],
  ['next', 'nextjs'],
  ['react', 'react'],
  ['vue', 'vue'],
  ['@angular/core', 'angular'],
  ['svelte', 'svelte'],
  ['typeorm', 'typeorm'],
  ['@prisma/client', 'prisma'],
];
const TEXT_FRAMEWORKS: readonly (readonly [RegExp, string])[] = [
  [/\bfastapi\b/i, 'fastapi'],
  [/\bflask\b/i, 'flask'],
  [/\bdjango\b/i, 'django'],
  [/\bsqlalchemy\b/i, 'sqlalchemy'],
  [/spring-boot|org\.springframework/i, 'spring'],
  [/Microsoft\.NET\.Sdk\.Web|Microsoft\.AspNetCore/, 'aspnetcore'],
];
const BUILD_TOOLS: readonly (readonly [RegExp, string])[] = [
  [/(^|\/)nx\.json$/, 'nx'],
  [/(^|\/)turbo\.json$/, 'turbo'],
  [/(^|\/)lerna\.json$/, 'lerna'],
  [/(^|\/)pnpm-workspace\.yaml$/, 'pnpm'],
  [/(^|\/)package\.json$/, 'npm'],
  [/(^|\/)tsconfig[\w.-]*\.json$/, 'tsc'],
  [/(^|\/)pom\.xml$/, 'maven'],
  [/(^|\/)build\.gradle(\.kts)?$/, 'gradle'],
  [/\.(csproj|sln)$/, 'dotnet'],
  [/(^|\/)(pyproject\.toml|setup\.(py|cfg)|requirements[\w.-]*\.txt)$/, 'pip'],
  [/(^|\/)Makefile$/, 'make'],
];

/** Reads the manifests by path; a malformed one is passed over. */
export function readProjectFacts(manifests: ReadonlyMap<string, string>): ProjectFacts {
  const frameworks = new Set<string>();
  const buildTools = new Set<string>();
  const facts: ProjectFacts = {
    frameworks: [],
    buildTools: [],
    description: '',
    packages: [],
    entryFiles: [],
  };
  for (const [path, text] of [...manifests].sort(([a], [b]) => byDepth(a, b))) {
    for (const [pattern, tool] of BUILD_TOOLS) if (pattern.test(path)) buildTools.add(tool);
    if (path.endsWith('package.json')) readPackage(path, text, facts, frameworks);
    else if (!path.endsWith('.json')) {
      for (const [pattern, name] of TEXT_FRAMEWORKS) if (pattern.test(text)) frameworks.add(name);
      if (path === 'pyproject.toml')
        facts.description ||= /^description\s*=\s*"([^"]+)"/m.exec(text)?.[1] ?? '';
    }
  }
  facts.frameworks = [...frameworks].sort();
  facts.buildTools = [...buildTools].sort();
  return facts;
}

function byDepth(a: string, b: string): number {
  return a.split('/').length - b.split('/').length || (a < b ? -1 : 1);
}

function readPackage(
  path: string,
  text: string,
  facts: ProjectFacts,
  frameworks: Set<string>,
): void {
  const manifest = parseObject(text);
  if (!manifest) return;
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
  const dependencies = new Set(
    ['dependencies', 'devDependencies', 'peerDependencies'].flatMap((key) =>
      Object.keys(asObject(manifest[key])),
    ),
  );
  for (const [dependency, name] of NPM_FRAMEWORKS)
    if (dependencies.has(dependency)) frameworks.add(name);
  const entries = [
    manifest['source'],
    manifest['types'],
    manifest['module'],
    manifest['main'],
  ].filter(isString);
  if (isString(manifest['name']))
    facts.packages.push({ name: manifest['name'], folder, entry: entries[0] ?? null });
  if (isString(manifest['description']) && facts.description === '')
    facts.description = manifest['description'];
  const bins = isString(manifest['bin'])
    ? [manifest['bin']]
    : Object.values(asObject(manifest['bin'])).filter(isString);
  for (const file of [...bins, ...(isString(manifest['main']) ? [manifest['main']] : [])]) {
    facts.entryFiles.push(joinPath(folder, file));
  }
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** JSON, also with comments and trailing commas (as compiler settings have); null when malformed. */
export function parseObject(text: string): Record<string, unknown> | null {
  const plain = text
    .replace(/("(?:\\.|[^"\\])*")|\/\*[^]*?\*\/|\/\/[^\n]*/g, (_, kept?: string) => kept ?? '')
    .replace(/("(?:\\.|[^"\\])*")|,(?=\s*[}\]])/g, (_, kept?: string) => kept ?? '');
  try {
    const value: unknown = JSON.parse(plain.replace(/^\uFEFF/, ''));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** Joins and normalises a relative path inside the project; `..` above the root is dropped. */
export function joinPath(folder: string, relative: string): string {
  const parts: string[] = [];
  for (const part of [...folder.split('/'), ...relative.split('/')]) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? '' : path.slice(0, slash);
}
