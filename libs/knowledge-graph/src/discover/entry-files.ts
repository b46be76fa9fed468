import { joinPath } from './project-facts.js';

/** A package that others install. */
export interface Library {
  name: string;
  /** Files whose names they then see, some of which may not exist, and the folder of the package's own code. */
  entries: { file: string; folder: string }[];
}

/** Where compiled files of these folders come from. */
const SOURCES = ['src', 'lib', ''];

/** Source files that a package.json names as ways in: `main`, `bin`, and what its start scripts run. */
export function npmEntries(folder: string, manifest: Readonly<Record<string, unknown>>): string[] {
  const bin = manifest['bin'];
  const named = [
    manifest['main'],
    ...(typeof bin === 'object' && bin !== null ? Object.values(bin) : [bin]),
    ...scriptFiles(manifest['scripts']),
  ];
  return named
    .filter((one) => typeof one === 'string')
    .flatMap((one) => sourcesOf(joinPath(folder, one)));
}

/** A package that may be published, with the sources of what it names as its modules. */
export function npmLibrary(folder: string, manifest: Readonly<Record<string, unknown>>): Library[] {
  const { name, private: isPrivate, source, main, module, types, typings, exports } = manifest;
  if (typeof name !== 'string' || isPrivate === true) return [];
  const files = [source, main, module, types, typings, ...leavesOf(exports)]
    .filter((one) => typeof one === 'string')
    .filter((one) => !one.includes('*'));
  const entries = new Set(files.flatMap((one) => sourcesOf(joinPath(folder, one))));
  return entries.size === 0
    ? []
    : [{ name, entries: [...entries].map((file) => ({ file, folder })) }];
}

/** The files behind all conditions of `exports`. */
function leavesOf(exports: unknown): unknown[] {
  if (typeof exports !== 'object' || exports === null) return [exports];
  return Object.values(exports).flatMap(leavesOf);
}

function scriptFiles(scripts: unknown): string[] {
  if (typeof scripts !== 'object' || scripts === null) return [];
  return Object.entries(scripts).flatMap(([name, command]) =>
    /^(?:start|dev|serve)(?::|$)/.test(name) && typeof command === 'string'
      ? [...command.matchAll(/(?:^|\s)(?:\.\/)?([\w./-]+\.[cm]?[jt]sx?)(?=\s|$)/g)].map(
          ([, file = '']) => file,
        )
      : [],
  );
}

/** `dist/cli.js` is built from `src/cli.ts`, `lib/cli.ts` or `cli.ts`. */
function sourcesOf(file: string): string[] {
  const match = /^(.*?\/)?(?:dist|build|out|lib|esm|cjs)\/(?:(?:esm|cjs|src)\/)?(.*)$/.exec(file);
  const stems = [
    file,
    ...(match ? SOURCES.map((one) => joinPath(joinPath(match[1] ?? '', one), match[2] ?? '')) : []),
  ];
  return stems.flatMap((one) => {
    const stem = one.replace(/(?:\.d)?\.[cm]?[jt]sx?$/, '');
    return [one, `${stem}.ts`, `${stem}.tsx`, `${stem}.mts`, `${stem}.js`];
  });
}

/** Modules of `[project.scripts]` in a pyproject.toml: `shop = "shop.cli:main"`. */
export function pythonEntries(folder: string, text: string): string[] {
  const section =
    /^\[(?:project|tool\.poetry)\.(?:gui-)?scripts\]\s*\n((?:(?!\[).*\n?)*)/m.exec(text)?.[1] ?? '';
  return [...section.matchAll(/=\s*["']([\w.]+):?[\w.]*["']/g)].flatMap(([, name = '']) => {
    const path = name.replaceAll('.', '/');
    return ['', 'src/'].flatMap((root) => [
      joinPath(folder, `${root}${path}.py`),
      joinPath(folder, `${root}${path}/__init__.py`),
    ]);
  });
}

/** The import package of a pyproject.toml with a name: `[project] name = "my-shop"` is `my_shop`. */
export function pythonLibrary(folder: string, text: string): Library[] {
  const section = /^\[(?:project|tool\.poetry)\]\s*\n((?:(?!\[).*\n?)*)/m.exec(text)?.[1] ?? '';
  const name = /^name\s*=\s*["']([\w.-]+)["']/m.exec(section)?.[1];
  if (name === undefined) return [];
  const module = name.toLowerCase().replace(/[.-]+/g, '_');
  const entries = ['', 'src/'].map((root) => {
    const home = joinPath(folder, `${root}${module}`);
    return { file: `${home}/__init__.py`, folder: home };
  });
  return [{ name, entries }];
}
