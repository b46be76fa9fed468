import { dirname, sep } from 'node:path';
import ts from 'typescript';
import type { CheckRequest } from './checked-call.js';

/**
 * Settings under which any project's files can be looked at together. What a project's own settings
 * change about names and modules is answered by the host below; strictness only sharpens inference.
 */
export const CHECK_OPTIONS: ts.CompilerOptions = {
  allowJs: true,
  checkJs: false,
  esModuleInterop: true,
  experimentalDecorators: true,
  jsx: ts.JsxEmit.Preserve,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  noEmit: true,
  skipLibCheck: true,
  strict: true,
  target: ts.ScriptTarget.ESNext,
  types: [],
};

/** Lets the compiler read the project's files and none else but its own library. */
export class ProjectHost {
  private readonly libraryFolder = slashed(dirname(ts.getDefaultLibFilePath(CHECK_OPTIONS)));
  private readonly root: string;
  private readonly known = new Map<string, ts.SourceFile | undefined>();
  readonly compilerHost: ts.CompilerHost;

  constructor(private readonly request: CheckRequest) {
    this.root = slashed(request.rootDir).replace(/\/+$/, '');
    const { known } = this;
    const source = (file: string): ts.SourceFile | undefined => {
      if (!known.has(file)) known.set(file, this.parse(file));
      return known.get(file);
    };
    this.compilerHost = {
      getSourceFile: source,
      // Without the DOM's types: reading them takes longer than the files of most projects.
      getDefaultLibFileName: () => `${this.libraryFolder}/lib.esnext.d.ts`,
      getDefaultLibLocation: () => this.libraryFolder,
      getCurrentDirectory: () => this.root,
      getCanonicalFileName: (file) => file,
      useCaseSensitiveFileNames: () => true,
      getNewLine: () => '\n',
      fileExists: (file) => this.isReadable(file) && ts.sys.fileExists(file),
      readFile: (file) => (this.isReadable(file) ? ts.sys.readFile(file) : undefined),
      directoryExists: () => false,
      getDirectories: () => [],
      writeFile: () => undefined,
      resolveModuleNameLiterals: (literals, containing) =>
        literals.map(({ text }) => ({ resolvedModule: this.resolve(containing, text) })),
    };
  }

  /** The roots of a program in which these files can be looked at. */
  rootsFor(files: readonly string[]): string[] {
    return [...new Set([...files, ...this.request.globals])].map((path) => this.absolute(path));
  }

  /** Lets go of the project's files as they were parsed; the compiler's own library stays. */
  forgetFiles(): void {
    for (const file of this.known.keys()) if (this.relative(file) !== null) this.known.delete(file);
  }

  absolute(path: string): string {
    return `${this.root}/${path}`;
  }

  /** Path in the project, or null for the compiler's library. */
  relative(file: string): string | null {
    if (!file.startsWith(`${this.root}/`)) return null;
    return file.slice(this.root.length + 1);
  }

  /** A `/// <reference>` may name what is no source of the project, or too large or deep to be read. */
  private isReadable(file: string): boolean {
    const path = this.relative(file);
    return path === null
      ? file.startsWith(`${this.libraryFolder}/`)
      : this.request.readable.has(path);
  }

  private parse(file: string): ts.SourceFile | undefined {
    const text = this.isReadable(file) ? ts.sys.readFile(file) : undefined;
    if (text === undefined) return undefined;
    return ts.createSourceFile(file, text, {
      languageVersion: ts.ScriptTarget.ESNext,
      jsDocParsingMode: ts.JSDocParsingMode.ParseForTypeInfo,
    });
  }

  private resolve(containing: string, specifier: string): ts.ResolvedModuleFull | undefined {
    const from = this.relative(containing);
    const to = from === null ? undefined : this.request.imports.get(from)?.get(specifier);
    if (to === undefined) return undefined;
    return {
      resolvedFileName: this.absolute(to),
      extension: /\.d\.[cm]?ts$/.test(to)
        ? ts.Extension.Dts
        : (to.slice(to.lastIndexOf('.')) as ts.Extension),
      isExternalLibraryImport: false,
    };
  }
}

function slashed(path: string): string {
  return path.split(sep).join('/');
}
