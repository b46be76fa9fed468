import { folderOf, joinPath } from '../discover/project-facts.js';
import { RustPaths } from './rust-paths.js';
import type { Resolution, SourceUnit } from './source-unit.js';

/** A Go package of more files than this is too much to link file by file. */
const MAX_PACKAGE_FILES = 50;

export interface FoundFile {
  path: string;
  resolution: Resolution;
}

/** Resolves the imports of Go, Kotlin, Ruby, PHP, Rust, C and C++ over the list of tracked files. */
export class OutlinePaths {
  private readonly byBaseName = new Map<string, string[]>();
  private readonly goPackages = new Map<string, string[]>();
  private readonly goModules: { name: string; folder: string }[] = [];
  /** Kotlin names with dots and PHP names with backslashes, as far as the project declares them. */
  private readonly byQualifiedName = new Map<string, string>();
  private readonly rust: RustPaths;

  constructor(
    private readonly units: ReadonlyMap<string, SourceUnit>,
    manifests: ReadonlyMap<string, string>,
  ) {
    this.rust = new RustPaths(new Set(units.keys()));
    for (const [path, text] of manifests) {
      const name = /(^|\/)go\.mod$/.test(path) ? /^module\s+(\S+)/m.exec(text)?.[1] : undefined;
      if (name) this.goModules.push({ name, folder: folderOf(path) });
    }
    // The longest module path is the nearest one.
    this.goModules.sort((a, b) => b.name.length - a.name.length);
    for (const unit of units.values()) this.index(unit);
  }

  /** The files an import as written in `unit` means: none for what is not of this project. */
  resolve(unit: SourceUnit, raw: string): FoundFile[] {
    switch (unit.facts.language) {
      case 'go':
        return this.goPackage(raw);
      case 'rust':
        return exactly(this.rust.resolve(unit.path, raw));
      case 'kotlin':
        return exactly(this.byQualifiedName.get(raw) ?? null);
      case 'php':
        return exactly(
          raw.startsWith('./') ? this.at(unit.path, raw) : (this.byQualifiedName.get(raw) ?? null),
        );
      case 'ruby':
        return this.rubyFile(unit.path, raw.endsWith('.rb') ? raw : `${raw}.rb`);
      case 'c':
      case 'cpp':
        return raw.startsWith('<')
          ? this.header(unit.path, raw.slice(1, -1), false)
          : this.header(unit.path, raw, true);
      default:
        return [];
    }
  }

  private index(unit: SourceUnit): void {
    const { language, namespaces, symbols } = unit.facts;
    const folder = folderOf(unit.path);
    if (language === 'ruby' || language === 'c' || language === 'cpp') {
      add(this.byBaseName, unit.path.slice(unit.path.lastIndexOf('/') + 1), unit.path);
    } else if (language === 'go' && !unit.path.endsWith('_test.go')) {
      add(this.goPackages, folder, unit.path);
    } else if (language === 'kotlin' || language === 'php') {
      const separator = language === 'php' ? '\\' : '.';
      for (const { qualified, parent } of symbols) {
        const name = [namespaces[0], qualified].filter(Boolean).join(separator);
        if (parent === null || language === 'kotlin') this.byQualifiedName.set(name, unit.path);
      }
    } else if (language === 'java') {
      for (const { qualified } of symbols) {
        this.byQualifiedName.set([namespaces[0], qualified].filter(Boolean).join('.'), unit.path);
      }
    }
  }

  private goPackage(raw: string): FoundFile[] {
    const module = this.goModules.find(({ name }) => raw === name || raw.startsWith(`${name}/`));
    if (!module) return [];
    const files = this.goPackages.get(joinPath(module.folder, raw.slice(module.name.length))) ?? [];
    if (files.length > MAX_PACKAGE_FILES) return [];
    return files.map((path) => ({ path, resolution: files.length === 1 ? 'exact' : 'typed' }));
  }

  private rubyFile(from: string, raw: string): FoundFile[] {
    if (raw.startsWith('.')) return exactly(this.at(from, raw));
    const files = this.endingIn(`lib/${raw}`);
    return files.length === 1 ? exactly(files[0] ?? null) : [];
  }

  /** Beside the file, from the root, else the only file of the project whose path ends so. */
  private header(from: string, raw: string, isQuoted: boolean): FoundFile[] {
    const beside = isQuoted ? this.at(from, raw) : null;
    const direct =
      beside ?? [raw, `include/${raw}`, `src/${raw}`].find((path) => this.units.has(path));
    if (direct) return exactly(direct);
    const files = this.endingIn(raw);
    return files.length === 1 && files[0] ? [{ path: files[0], resolution: 'name-unique' }] : [];
  }

  private endingIn(raw: string): string[] {
    const files = this.byBaseName.get(raw.slice(raw.lastIndexOf('/') + 1)) ?? [];
    return files.filter((path) => path === raw || path.endsWith(`/${raw}`));
  }

  private at(from: string, relative: string): string | null {
    const path = joinPath(folderOf(from), relative);
    return this.units.has(path) ? path : null;
  }
}

function exactly(path: string | null): FoundFile[] {
  return path === null ? [] : [{ path, resolution: 'exact' }];
}

function add(map: Map<string, string[]>, key: string, value: string): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
