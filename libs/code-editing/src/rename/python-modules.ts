import { posix } from 'node:path';
import type { SyntaxNode } from '@hil/knowledge-graph';

/** One module brought into a file. */
export interface PythonImport {
  /** The file it resolves to, or null when it is not in the repository. */
  file: string | null;
  /** For `from m import N [as L]`: the node of `N`, or `*`. */
  imported: SyntaxNode | '*' | null;
  /** Local name: `L`, or the whole dotted path for `import a.b`. */
  local: string;
  /** Dotted module text, with leading dots when it is relative. */
  module: string;
  node: SyntaxNode;
}

/** Finds the files of Python modules by the rules of imports, with the usual source roots. */
export class PythonModules {
  private readonly files: ReadonlySet<string>;

  constructor(files: Iterable<string>) {
    this.files = new Set([...files].filter((path) => /\.pyi?$/.test(path)));
  }

  /** The file of a dotted module as seen from a file; null when it is not in the repository. */
  resolve(from: string, module: string): string | null {
    const dots = /^\.*/.exec(module)?.[0].length ?? 0;
    const parts = module
      .slice(dots)
      .split('.')
      .filter((part) => part !== '');
    if (dots > 0) {
      let folder = posix.dirname(from);
      for (let up = 1; up < dots; up += 1) folder = posix.dirname(folder);
      return this.fileOf(folder === '.' ? '' : `${folder}/`, parts);
    }
    for (const root of this.roots(from)) {
      const found = this.fileOf(root, parts);
      if (found) return found;
    }
    return null;
  }

  /** The imports of a file. */
  importsOf(path: string, root: SyntaxNode): PythonImport[] {
    const found: PythonImport[] = [];
    for (const node of root.descendantsOfType(['import_statement', 'import_from_statement'])) {
      if (node?.type === 'import_statement') found.push(...this.plainImports(path, node));
      else if (node) found.push(...this.fromImports(path, node));
    }
    return found;
  }

  private plainImports(path: string, node: SyntaxNode): PythonImport[] {
    return node.childrenForFieldName('name').flatMap((name) => {
      if (!name) return [];
      const dotted = name.type === 'aliased_import' ? name.childForFieldName('name') : name;
      const module = dotted?.text ?? '';
      const local = name.childForFieldName('alias')?.text ?? module;
      return [{ file: this.resolve(path, module), imported: null, local, module, node }];
    });
  }

  private fromImports(path: string, node: SyntaxNode): PythonImport[] {
    const module = node.childForFieldName('module_name')?.text ?? '';
    const file = this.resolve(path, module);
    if (node.namedChildren.some((child) => child?.type === 'wildcard_import')) {
      return [{ file, imported: '*', local: '*', module, node }];
    }
    return node.childrenForFieldName('name').flatMap((name) => {
      const dotted = name?.type === 'aliased_import' ? name.childForFieldName('name') : name;
      const imported = dotted?.firstNamedChild;
      if (!name || !imported) return [];
      const local = name.childForFieldName('alias')?.text ?? imported.text;
      const submodule = this.resolve(
        path,
        module.endsWith('.') ? `${module}${imported.text}` : `${module}.${imported.text}`,
      );
      const entries: PythonImport[] = [{ file, imported, local, module, node }];
      // `from package import module` brings a module, like `import package.module as module`.
      if (submodule)
        entries.push({
          file: submodule,
          imported: null,
          local,
          module: `${module}.${imported.text}`,
          node,
        });
      return entries;
    });
  }

  private fileOf(root: string, parts: readonly string[]): string | null {
    const stem = `${root}${parts.join('/')}`.replace(/\/$/, '');
    const names =
      parts.length === 0
        ? [`${stem}/__init__.py`]
        : [`${stem}/__init__.py`, `${stem}.py`, `${stem}.pyi`];
    return (
      names.map((name) => name.replace(/^\//, '')).find((name) => this.files.has(name)) ?? null
    );
  }

  /** The repository, `src`, and every folder above the file: nearest first, as `sys.path` has the script's own. */
  private roots(from: string): string[] {
    const roots: string[] = [];
    for (let folder = posix.dirname(from); folder !== '.'; folder = posix.dirname(folder))
      roots.push(`${folder}/`);
    // A package's own folder is no source root: `import json` in pkg/ does not mean pkg/json.py.
    const outside = roots.filter((root) => !this.files.has(`${root}__init__.py`));
    return ['', 'src/', 'lib/', 'python/', ...outside];
  }
}
