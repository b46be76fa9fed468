import { folderOf, joinPath } from '../discover/project-facts.js';

/** Resolves `mod a` and `use crate::a::B` of Rust over the list of tracked files. */
export class RustPaths {
  constructor(private readonly files: ReadonlySet<string>) {}

  /** The file of a module path as written in `from`, or null; names inside of a module mean its file. */
  resolve(from: string, raw: string): string | null {
    if (raw.startsWith('mod ')) return this.module(moduleFolder(from), raw.slice(4));
    const parts = raw.split('::').map((one) => one.trim());
    const head = parts.shift();
    let folder: string | null = null;
    if (head === 'crate') folder = this.crateFolder(from);
    else if (head === 'self') folder = moduleFolder(from);
    else if (head === 'super') {
      folder = folderOf(moduleFolder(from));
      while (parts[0] === 'super') {
        parts.shift();
        folder = folderOf(folder);
      }
    }
    if (folder === null) return null;
    for (let count = parts.length; count > 0; count -= 1) {
      const found = this.module(
        joinPath(folder, parts.slice(0, count - 1).join('/')),
        parts[count - 1] ?? '',
      );
      if (found) return found;
    }
    return this.file([
      `${folder}.rs`,
      joinPath(folder, 'mod.rs'),
      joinPath(folder, 'lib.rs'),
      joinPath(folder, 'main.rs'),
    ]);
  }

  private module(folder: string, name: string): string | null {
    return this.file([joinPath(folder, `${name}.rs`), joinPath(folder, `${name}/mod.rs`)]);
  }

  private crateFolder(from: string): string | null {
    for (let folder = folderOf(from); ; folder = folderOf(folder)) {
      if (this.file([joinPath(folder, 'lib.rs'), joinPath(folder, 'main.rs')])) return folder;
      if (folder === '') return null;
    }
  }

  private file(candidates: string[]): string | null {
    return candidates.find((one) => this.files.has(one)) ?? null;
  }
}

/** Where the submodules of a file stand: beside `mod.rs`, `lib.rs` and `main.rs`, else in a folder of its name. */
function moduleFolder(path: string): string {
  return /(^|\/)(mod|lib|main)\.rs$/.test(path) ? folderOf(path) : path.replace(/\.rs$/, '');
}
