import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import ts from 'typescript';
import { nearestConfig, type ProjectConfig } from './project-config.js';
import type { WorkerRequest } from './protocol.js';

const SOURCE = /\.(?:[cm]?[jt]s|[jt]sx)$/i;
const MODULE = /^\s*(?:import|export)\b|\brequire\(|\bmodule\.exports\b|\bexports\./m;
const MAX_SOURCE_BYTES = 1024 * 1024;

/** A refusal with a sentence for the person. */
export class RefusedError extends Error {}

/** The language service over the repository's own TypeScript and JavaScript files, and nothing else of the disk. */
export class Project {
  readonly service: ts.LanguageService;
  private readonly texts = new Map<string, string | null>();
  private readonly versions = new Map<string, number>();
  private readonly tracked: Set<string>;
  private readonly folders: Set<string>;
  private readonly sources: string[];
  private readonly configs = new Map<string, ProjectConfig>();
  private readonly packages: Map<string, string>;

  constructor(
    private readonly request: WorkerRequest,
    mainFile: string,
    /** Words of which a file must have one to be read at once; others are read when they are imported. */
    words: readonly string[] = [],
  ) {
    for (const [path, text] of request.overrides) this.texts.set(path, text);
    this.tracked = new Set(request.files);
    for (const [path, text] of request.overrides) {
      if (text === null) this.tracked.delete(path);
      else this.tracked.add(path);
    }
    this.folders = foldersOf(this.tracked);
    this.sources = [...this.tracked].filter(
      (path) =>
        SOURCE.test(path) &&
        this.isReasonable(path) &&
        (words.length === 0 || path === mainFile || this.isRoot(path, words)),
    );
    this.packages = this.workspacePackages();
    const config = this.configOf(mainFile);
    this.service = ts.createLanguageService(this.host(config.options), ts.createDocumentRegistry());
  }

  absolute(path: string): string {
    return posix.join(this.request.root, path);
  }

  /** The repository path of a file name, or null for TypeScript's own library. */
  relative(fileName: string): string | null {
    const prefix = `${this.request.root}/`;
    return fileName.startsWith(prefix) ? fileName.slice(prefix.length) : null;
  }

  /** The source file with the edits made so far. @throws RefusedError when it is not part of the project */
  sourceFile(path: string): ts.SourceFile {
    const file = this.program().getSourceFile(this.absolute(path));
    if (!file)
      throw new RefusedError(`${path} is not a TypeScript or JavaScript file of this repository.`);
    return file;
  }

  program(): ts.Program {
    const program = this.service.getProgram();
    if (!program) throw new Error('the language service has no program');
    return program;
  }

  /** True for a file of the repository of any kind. */
  has(path: string): boolean {
    return this.tracked.has(path);
  }

  text(path: string): string | undefined {
    const known = this.texts.get(path);
    if (known !== undefined) return known ?? undefined;
    if (!this.tracked.has(path)) return undefined;
    try {
      const text = readFileSync(this.absolute(path), 'utf8').replace(/^\ufeff/, '');
      this.texts.set(path, text);
      return text;
    } catch {
      return undefined;
    }
  }

  /** Replaces a text for the next question. */
  setText(path: string, text: string): void {
    this.texts.set(path, text);
    this.versions.set(path, (this.versions.get(path) ?? 0) + 1);
  }

  /** Moves a file for the next question. */
  moveFile(from: string, to: string, text: string): void {
    this.tracked.delete(from);
    this.texts.set(from, null);
    this.tracked.add(to);
    for (const folder of foldersOf([to])) this.folders.add(folder);
    const at = this.sources.indexOf(from);
    if (at >= 0) this.sources.splice(at, 1);
    this.sources.push(to);
    this.setText(to, text);
  }

  /** The declarations of TypeScript's own library. */
  libraryTexts(): string[] {
    const folder = dirname(ts.getDefaultLibFilePath({}));
    return readdirSync(folder)
      .filter((name) => /^lib\..*\.d\.ts$/.test(name))
      .map((name) => readFileSync(join(folder, name), 'utf8'));
  }

  /**
   * True for a file that has one of the words, or that others see without importing it: declarations, and
   * scripts that are no module.
   */
  private isRoot(path: string, words: readonly string[]): boolean {
    const text = this.text(path) ?? '';
    if (words.some((word) => text.includes(word))) return true;
    return /\.d\.[cm]?ts$/.test(path) || !MODULE.test(text);
  }

  private isReasonable(path: string): boolean {
    if (path.includes('node_modules/') || /\.min\.[cm]?js$/.test(path)) return false;
    try {
      return this.texts.has(path) || statSync(this.absolute(path)).size <= MAX_SOURCE_BYTES;
    } catch {
      return false;
    }
  }

  private configOf(path: string): ProjectConfig {
    const folder = posix.dirname(path);
    let config = this.configs.get(folder);
    if (!config) {
      config = nearestConfig(folder, this.request.root, {
        exists: (file) => this.tracked.has(file),
        read: (file) => this.text(file),
      });
      this.configs.set(folder, config);
    }
    return config;
  }

  /** Names of the packages of a monorepo, with the source file that stands for each. */
  private workspacePackages(): Map<string, string> {
    const packages = new Map<string, string>();
    for (const path of this.tracked) {
      if (posix.basename(path) !== 'package.json' || path.includes('node_modules/')) continue;
      const folder = posix.dirname(path);
      try {
        const { name } = JSON.parse(this.text(path) ?? '{}') as { name?: unknown };
        if (typeof name === 'string') packages.set(name, folder === '.' ? '' : `${folder}/`);
      } catch {
        // A broken package.json names no package.
      }
    }
    return packages;
  }

  /** `@scope/pkg/sub` of the monorepo as a source file, when its built output is not in the repository. */
  private resolveWorkspace(name: string): string | undefined {
    const depth = name.startsWith('@') ? 2 : 1;
    const segments = name.split('/');
    const folder = this.packages.get(segments.slice(0, depth).join('/'));
    if (folder === undefined) return undefined;
    const rest = segments.slice(depth).join('/');
    const stems =
      rest === ''
        ? ['src/index', 'index', 'src/main', 'lib/index']
        : [rest, `src/${rest}`, `${rest}/index`, `src/${rest}/index`];
    for (const stem of stems) {
      for (const end of ['', '.ts', '.tsx', '.mts', '.js', '.mjs', '.cjs']) {
        const path = `${folder}${stem}${end}`;
        if (SOURCE.test(path) && this.tracked.has(path)) return path;
      }
    }
    return undefined;
  }

  private host(options: ts.CompilerOptions): ts.LanguageServiceHost {
    const libFolder = dirname(ts.getDefaultLibFilePath(options));
    const isLib = (file: string): boolean => file.startsWith(`${libFolder}/`);
    const fileExists = (file: string): boolean => {
      const path = this.relative(file);
      return path === null ? isLib(file) && ts.sys.fileExists(file) : this.tracked.has(path);
    };
    const readFile = (file: string): string | undefined => {
      const path = this.relative(file);
      if (path !== null) return this.text(path);
      return isLib(file) ? ts.sys.readFile(file) : undefined;
    };
    const directoryExists = (name: string): boolean => {
      // `from '../src/'` is asked for with its slash.
      const folder = name.replace(/\/+$/, '');
      const path = this.relative(folder);
      return (
        folder === this.request.root ||
        folder === libFolder ||
        (path !== null && this.folders.has(path))
      );
    };
    const resolution: ts.ModuleResolutionHost = { fileExists, readFile, directoryExists };
    return {
      ...resolution,
      fileExists,
      readFile,
      directoryExists,
      getCompilationSettings: () => options,
      getScriptFileNames: () => this.sources.map((path) => this.absolute(path)),
      getScriptVersion: (file) => String(this.versions.get(this.relative(file) ?? '') ?? 0),
      getScriptSnapshot: (file) => {
        const text = readFile(file);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => this.request.root,
      getDefaultLibFileName: (settings) => join(libFolder, ts.getDefaultLibFileName(settings)),
      useCaseSensitiveFileNames: () => true,
      getDirectories: () => [],
      resolveModuleNameLiterals: (literals, containing, redirected, settings, source) =>
        literals.map((literal) => {
          const own = this.configOf(this.relative(containing) ?? '').options;
          const mode = ts.getModeForUsageLocation(source, literal, settings);
          const found = ts.resolveModuleName(
            literal.text,
            containing,
            own,
            resolution,
            undefined,
            redirected,
            mode,
          );
          if (found.resolvedModule) return found;
          const path = this.resolveWorkspace(literal.text);
          if (path === undefined) return found;
          const extension = /\.[^.]+$/.exec(path)?.[0] ?? '.ts';
          return { resolvedModule: { resolvedFileName: this.absolute(path), extension } };
        }),
    };
  }
}

function foldersOf(paths: Iterable<string>): Set<string> {
  const folders = new Set<string>();
  for (const path of paths) {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      folders.add(path.slice(0, at));
    }
  }
  return folders;
}
