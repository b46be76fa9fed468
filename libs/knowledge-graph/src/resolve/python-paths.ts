import { folderOf, joinPath } from '../discover/project-facts.js';

/**
 * Resolves Python modules over the list of tracked files: relative imports by their dots, absolute
 * ones from every import root (the repository root, `src`, and each folder that holds a top-level
 * package). A folder without `__init__.py` is a namespace package and needs no file.
 */
export class PythonPaths {
  private readonly roots: string[];
  private readonly packages: ReadonlySet<string>;

  constructor(private readonly files: ReadonlySet<string>) {
    const packages = new Set(
      [...files].filter((one) => /(^|\/)__init__\.pyi?$/.test(one)).map(folderOf),
    );
    this.packages = packages;
    const roots = new Set(['', 'src']);
    for (const one of packages)
      if (one !== '' && !packages.has(folderOf(one))) roots.add(folderOf(one));
    this.roots = [...roots].sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  }

  /** The file of a dotted module (`a.b`, `..a`) as written in `from`, or null. */
  resolve(from: string, module: string): string | null {
    const dots = /^\.*/.exec(module)?.[0].length ?? 0;
    const rest = module.slice(dots).split('.').filter(Boolean).join('/');
    if (dots > 0) return this.file(joinPath(folderOf(from), `${'../'.repeat(dots - 1)}${rest}`));
    // A script's own folder comes first on sys.path; in a package `import typing` is never a neighbour.
    const own = folderOf(from);
    for (const root of this.packages.has(own) ? this.roots : [own, ...this.roots]) {
      const found = this.file(joinPath(root, rest));
      if (found && found !== from) return found;
    }
    return null;
  }

  private file(path: string): string | null {
    const candidates = [
      `${path}.py`,
      `${path}.pyi`,
      joinPath(path, '__init__.py'),
      joinPath(path, '__init__.pyi'),
    ];
    return candidates.find((one) => this.files.has(one)) ?? null;
  }
}
