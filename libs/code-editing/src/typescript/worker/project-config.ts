import { posix } from 'node:path';
import ts from 'typescript';

/** Compiler options that hold for the files of a folder. */
export interface ProjectConfig {
  options: ts.CompilerOptions;
}

interface Files {
  exists(path: string): boolean;
  read(path: string): string | undefined;
}

/** What every question needs, whatever the repository's configuration says. */
const FORCED: ts.CompilerOptions = {
  allowJs: true,
  noEmit: true,
  skipLibCheck: true,
  composite: false,
  incremental: false,
  declaration: false,
  declarationMap: false,
  resolveJsonModule: true,
  allowImportingTsExtensions: true,
  // Type packages are not in a worktree: asking for them only costs look-ups.
  types: [],
};

const DEFAULTS: ts.CompilerOptions = {
  // The types of browsers are half of the time of a small question; a configuration that wants them says so.
  lib: ['lib.esnext.d.ts'],
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  jsx: ts.JsxEmit.Preserve,
  experimentalDecorators: true,
};

/**
 * The options of the nearest tsconfig.json or jsconfig.json above a folder, defaults when there is none.
 * A broken file or a base that is not in the repository costs only its own options.
 */
export function nearestConfig(folder: string, root: string, files: Files): ProjectConfig {
  for (let at = folder; ; at = posix.dirname(at)) {
    for (const name of ['tsconfig.json', 'jsconfig.json', 'tsconfig.base.json']) {
      const path = at === '.' ? name : `${at}/${name}`;
      if (files.exists(path)) return { options: optionsOf(path, root, files) };
    }
    if (at === '.' || at === '/' || at === '') return { options: { ...DEFAULTS, ...FORCED } };
  }
}

function optionsOf(path: string, root: string, files: Files): ts.CompilerOptions {
  const absolute = posix.join(root, path);
  const relative = (file: string): string => posix.relative(root, file);
  const host: ts.ParseConfigHost = {
    useCaseSensitiveFileNames: true,
    fileExists: (file) => files.exists(relative(file)),
    readFile: (file) => files.read(relative(file)),
    readDirectory: () => [],
  };
  const { config } = ts.parseConfigFileTextToJson(absolute, files.read(path) ?? '{}') as {
    config?: unknown;
  };
  const { options } = ts.parseJsonConfigFileContent(
    config ?? {},
    host,
    posix.dirname(absolute),
    undefined,
    absolute,
  );
  const { module, moduleResolution } = resolutionOf(options);
  return { ...DEFAULTS, ...options, ...FORCED, module, moduleResolution };
}

/** Old resolution modes ignore `exports` and were removed: the bundler mode finds all they found. */
function resolutionOf(options: ts.CompilerOptions): {
  module: ts.ModuleKind;
  moduleResolution: ts.ModuleResolutionKind;
} {
  const node =
    options.module !== undefined &&
    options.module >= ts.ModuleKind.Node16 &&
    options.module <= ts.ModuleKind.NodeNext;
  if (node) {
    return {
      module: options.module ?? ts.ModuleKind.NodeNext,
      moduleResolution: options.moduleResolution ?? ts.ModuleResolutionKind.NodeNext,
    };
  }
  return { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler };
}
