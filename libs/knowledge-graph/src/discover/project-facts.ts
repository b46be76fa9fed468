import { buildToolsOf, npmTools } from './build-tools.js';
import {
  type Library,
  npmEntries,
  npmLibrary,
  pythonEntries,
  pythonLibrary,
} from './entry-files.js';
import { npmFrameworks, textFrameworks } from './frameworks.js';

/** What the manifests say about a project. */
export interface ProjectFacts {
  frameworks: string[];
  buildTools: string[];
  description: string;
  /** Names of workspace packages with their folders. */
  packages: { name: string; folder: string; entry: string | null }[];
  /** Files that manifests name as a way in: `main`, `bin`, a start script. */
  entryFiles: string[];
  libraries: Library[];
}

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
    libraries: [],
  };
  for (const [path, text] of [...manifests].sort(([a], [b]) => byDepth(a, b))) {
    for (const tool of buildToolsOf(path, text)) buildTools.add(tool);
    for (const name of textFrameworks(path, text)) frameworks.add(name);
    if (/(^|\/)package\.json$/.test(path)) readPackage(path, text, facts, frameworks, buildTools);
    if (path.endsWith('pyproject.toml')) {
      facts.entryFiles.push(...pythonEntries(folderOf(path), text));
      facts.libraries.push(...pythonLibrary(folderOf(path), text));
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
  buildTools: Set<string>,
): void {
  const manifest = parseObject(text);
  if (!manifest) return;
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
  const dependencies = new Set(
    ['dependencies', 'devDependencies', 'peerDependencies'].flatMap((key) =>
      Object.keys(asObject(manifest[key])),
    ),
  );
  for (const name of npmFrameworks(dependencies)) frameworks.add(name);
  for (const tool of npmTools(manifest['packageManager'], dependencies)) buildTools.add(tool);
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
  facts.entryFiles.push(...npmEntries(folder, manifest));
  facts.libraries.push(...npmLibrary(folder, manifest));
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

/** Joins and normalises a relative path; one that climbs above the root keeps its `..` and so names no file. */
export function joinPath(folder: string, relative: string): string {
  const parts: string[] = [];
  for (const part of [...folder.split('/'), ...relative.split('/')]) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? '' : path.slice(0, slash);
}
