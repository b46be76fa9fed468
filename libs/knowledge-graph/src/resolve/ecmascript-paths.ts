import { folderOf, joinPath, parseObject, type ProjectFacts } from '../discover/project-facts.js';

const EXTENSIONS = ['.ts', '.tsx', '.mts', '.cts', '.d.ts', '.js', '.jsx', '.mjs', '.cjs'];
const SWAPS: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx', '.d.ts'],
  '.jsx': ['.tsx'],
  '.mjs': ['.mts'],
  '.cjs': ['.cts'],
};

interface Aliases {
  baseUrl: string | null;
  /** Pattern with at most one `*`, and where it may point, relative to the project root. */
  paths: { pattern: string; targets: string[] }[];
}

/**
 * Resolves TypeScript/JavaScript specifiers over the list of tracked files: relative paths, `.js`
 * written for `.ts`, folders with an index, `paths` and `baseUrl` of the nearest tsconfig (bases
 * that are not in the repository are passed over) and workspace packages by name to their sources.
 */
export class EcmaScriptPaths {
  private readonly aliases = new Map<string, Aliases | null>();

  constructor(
    private readonly files: ReadonlySet<string>,
    private readonly manifests: ReadonlyMap<string, string>,
    private readonly packages: ProjectFacts['packages'],
  ) {}

  /** The file a specifier means in `from`, or null for packages and unknown paths. */
  resolve(from: string, specifier: string): string | null {
    if (/^\.{0,2}\//.test(specifier) || specifier === '.' || specifier === '..') {
      return this.file(joinPath(specifier.startsWith('/') ? '' : folderOf(from), specifier));
    }
    return this.byAlias(from, specifier) ?? this.byPackage(specifier);
  }

  private file(path: string): string | null {
    if (this.files.has(path)) return path;
    const written = /\.[cm]?jsx?$/.exec(path)?.[0];
    for (const other of (written && SWAPS[written]) || []) {
      const swapped = path.slice(0, -(written ?? '').length) + other;
      if (this.files.has(swapped)) return swapped;
    }
    for (const extension of EXTENSIONS)
      if (this.files.has(path + extension)) return path + extension;
    for (const extension of EXTENSIONS) {
      const index = joinPath(path, `index${extension}`);
      if (this.files.has(index)) return index;
    }
    return null;
  }

  private byAlias(from: string, specifier: string): string | null {
    const aliases = this.nearest(folderOf(from));
    if (!aliases) return null;
    for (const { pattern, targets } of aliases.paths) {
      const [prefix = '', suffix] = pattern.split('*');
      const exact = suffix === undefined;
      const fits = exact
        ? specifier === prefix
        : specifier.startsWith(prefix) && specifier.endsWith(suffix);
      if (!fits) continue;
      const held = exact ? '' : specifier.slice(prefix.length, specifier.length - suffix.length);
      for (const target of targets) {
        const found = this.file(target.replace('*', held));
        if (found) return found;
      }
    }
    return aliases.baseUrl === null ? null : this.file(joinPath(aliases.baseUrl, specifier));
  }

  private nearest(folder: string): Aliases | null {
    const known = this.aliases.get(folder);
    if (known !== undefined) return known;
    let aliases: Aliases | null = null;
    for (const name of ['tsconfig.json', 'jsconfig.json', 'tsconfig.base.json']) {
      aliases ??= this.read(joinPath(folder, name), 0);
    }
    const parent = folder === '' ? null : this.nearest(folderOf(folder));
    const merged =
      aliases && (aliases.paths.length > 0 || aliases.baseUrl !== null)
        ? aliases
        : (parent ?? aliases);
    this.aliases.set(folder, merged);
    return merged;
  }

  private read(path: string, depth: number): Aliases | null {
    const text = this.manifests.get(path);
    const config = text === undefined ? null : parseObject(text);
    if (!config || depth > 8) return null;
    const own = (config['compilerOptions'] ?? {}) as Record<string, unknown>;
    const bases = [config['extends']].flat().filter((one) => typeof one === 'string');
    let aliases: Aliases = { baseUrl: null, paths: [] };
    for (const base of bases) {
      if (!base.startsWith('.')) continue;
      const file = joinPath(folderOf(path), base);
      aliases = this.read(file.endsWith('.json') ? file : `${file}.json`, depth + 1) ?? aliases;
    }
    const baseUrl = own['baseUrl'];
    if (typeof baseUrl === 'string')
      aliases = { ...aliases, baseUrl: joinPath(folderOf(path), baseUrl) };
    if (typeof own['paths'] === 'object' && own['paths'] !== null) {
      const root =
        typeof baseUrl === 'string'
          ? joinPath(folderOf(path), baseUrl)
          : (aliases.baseUrl ?? folderOf(path));
      const paths = Object.entries(own['paths']).map(([pattern, targets]) => ({
        pattern,
        targets: [targets]
          .flat()
          .filter((one) => typeof one === 'string')
          .map((one) => joinPath(root, one)),
      }));
      // The longest prefix wins, as in the TypeScript compiler.
      paths.sort((a, b) => prefixLength(b.pattern) - prefixLength(a.pattern));
      aliases = { ...aliases, paths };
    }
    return aliases;
  }

  /** A workspace package names a build that need not exist: its sources are tried instead. */
  private byPackage(specifier: string): string | null {
    for (const { name, folder, entry } of this.packages) {
      if (specifier === name) {
        const built = entry
          ?.replace(/^(\.\/)?(dist|lib|build|out)\//, 'src/')
          .replace(/\.d\.([cm]?ts)$/, '.js');
        for (const guess of [entry, built, 'src/index', 'src/main', 'index', 'lib/index']) {
          const found = guess ? this.file(joinPath(folder, guess)) : null;
          if (found) return found;
        }
      } else if (specifier.startsWith(`${name}/`)) {
        const rest = specifier.slice(name.length + 1);
        for (const guess of [
          rest,
          `src/${rest}`,
          rest.replace(/^(dist|lib|build|out)\//, 'src/'),
        ]) {
          const found = this.file(joinPath(folder, guess));
          if (found) return found;
        }
      }
    }
    return null;
  }
}

function prefixLength(pattern: string): number {
  const star = pattern.indexOf('*');
  return star === -1 ? pattern.length : star;
}
