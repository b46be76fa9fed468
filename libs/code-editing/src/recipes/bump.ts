import { posix } from 'node:path';
import { HilError } from '@hil/contracts';
import { findNodeAtLocation, parseTree } from 'jsonc-parser';
import type { TextEdit } from '../text/text-edit.js';

/** One version of a package in a manifest. */
export interface VersionPlace extends TextEdit {
  before: string;
}

const LOCK_FILES: Readonly<Record<string, string>> = {
  'package-lock.json': 'npm install',
  'npm-shrinkwrap.json': 'npm install',
  'yarn.lock': 'yarn install',
  'pnpm-lock.yaml': 'pnpm install',
  'poetry.lock': 'poetry lock',
  'uv.lock': 'uv lock',
  'Pipfile.lock': 'pipenv lock',
  'packages.lock.json': 'dotnet restore',
};

/**
 * Refuses a version that is none.
 * @throws HilError `validation_error`
 */
export function requireVersion(version: string): void {
  if (/\d/.test(version) || /^(?:latest|next|\*)$/.test(version)) return;
  throw new HilError(
    'validation_error',
    `${JSON.stringify(version)} is no version. Give one such as 2.1.0 or ^2.1.0.`,
  );
}

/** True when the file can name versions of dependencies. */
export function isManifest(path: string): boolean {
  const base = posix.basename(path);
  return (
    !path.includes('node_modules/') &&
    (base === 'package.json' ||
      base === 'pom.xml' ||
      base === 'pyproject.toml' ||
      /^requirements[\w.-]*\.txt$|^(?:requirements|constraints)\/[\w.-]+\.txt$/.test(base) ||
      /\.(?:csproj|fsproj|vbproj)$|^Directory\.Packages\.props$/.test(base))
  );
}

/** The lock files among the paths, each with the command that updates it. */
export function lockFiles(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const command = path.includes('node_modules/') ? undefined : LOCK_FILES[posix.basename(path)];
    return command === undefined ? [] : [`${path} (${command})`];
  });
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');

/**
 * Where a manifest gives the version of a package, with the edit that makes it another; range prefixes stay.
 * @throws HilError `validation_error` for a range of several parts, of which one alone would not be right
 */
export function versionPlaces(
  path: string,
  text: string,
  name: string,
  version: string,
): VersionPlace[] {
  const places = placesIn(path, text, name, version);
  for (const place of places) {
    const range = compoundRange(path, text, place);
    if (range === null) continue;
    throw new HilError(
      'validation_error',
      `${path} holds ${name} to ${JSON.stringify(range)}, a range of several parts that bump does not edit. Use replace "..." with "..." in ${path}.`,
    );
  }
  return places;
}

/** The whole of a range of which a place is only a part; null when it is all of it. */
function compoundRange(path: string, text: string, place: VersionPlace): string | null {
  const { start, end, before } = place;
  if (path.endsWith('package.json')) return /[\s,|]/.test(before.trim()) ? before : null;
  const head = text.slice(0, start).replace(/(?:===?|~=|>=|<=)\s*$/, '');
  const lead = /[<>=~!]=?\s*[\w.*]+\s*,\s*$/.exec(head)?.[0] ?? '';
  const rest = /^\s*,\s*[<>=~!][^"'\n;#]*/.exec(text.slice(end))?.[0] ?? '';
  return lead + rest === '' ? null : `${lead}${before}${rest}`;
}

function placesIn(path: string, text: string, name: string, version: string): VersionPlace[] {
  const base = posix.basename(path);
  if (base === 'package.json') return inPackageJson(path, text, name, version);
  if (base === 'pom.xml') return inPom(text, name, version);
  if (base === 'pyproject.toml') return [...inPyproject(text, name, version)];
  if (base.endsWith('.txt')) return inRequirements(text, name, version);
  return inMsBuild(text, name, version);
}

function inPackageJson(path: string, text: string, name: string, version: string): VersionPlace[] {
  const root = parseTree(text);
  if (!root)
    throw new HilError('validation_error', `${path} is not valid JSON, so no version was changed.`);
  const places: VersionPlace[] = [];
  for (const list of [
    'dependencies',
    'devDependencies',
    'peerDependencies',
    'optionalDependencies',
    'resolutions',
    'overrides',
  ]) {
    const node = findNodeAtLocation(root, [list, name]);
    if (node?.type !== 'string') continue;
    const before = String(node.value);
    // workspace:, file:, git and tags are no versions to bump.
    if (
      /^(?:workspace|file|link|git|github|https?|npm|portal|patch):/.test(before) ||
      before.includes('/')
    )
      continue;
    places.push({
      start: node.offset + 1,
      end: node.offset + node.length - 1,
      text: prefixed(before, version),
      before,
    });
  }
  return places;
}

/** `^1.2.3` bumped to `2.0.0` is `^2.0.0`; a version with a prefix of its own replaces the whole. */
function prefixed(before: string, version: string): string {
  const prefix = /^(?:\^|~|>=|=|v)?(?=\d)/.exec(before)?.[0] ?? '';
  return /^\d/.test(version) ? `${prefix}${version}` : version;
}

/** Python compares names without case, with `-`, `_` and `.` alike. */
const pythonName = (name: string): string =>
  name
    .split(/[-_.]+/)
    .map(escape)
    .join('[-_.]+');

function inRequirements(text: string, name: string, version: string): VersionPlace[] {
  const rule = new RegExp(
    `^([ \\t]*${pythonName(name)}(?:\\[[^\\]]*\\])?[ \\t]*)(===?|~=|>=|<=)([ \\t]*)([\\w.!+*-]+)`,
    'gim',
  );
  return [...text.matchAll(rule)].map((match) => pythonPlace(match, match.index, version));
}

function pythonPlace(match: RegExpMatchArray, index: number, version: string): VersionPlace {
  const [, head = '', operator = '', blanks = '', before = ''] = match;
  const own = /^(===?|~=|>=|<=)/.exec(version)?.[0];
  const start = index + head.length + (own ? 0 : operator.length + blanks.length);
  const end = index + head.length + operator.length + blanks.length + before.length;
  return { start, end, text: version, before: `${operator}${before}` };
}

function* inPyproject(text: string, name: string, version: string): Generator<VersionPlace> {
  const pep = new RegExp(
    `(["'])(${pythonName(name)}(?:\\[[^\\]]*\\])?\\s*)(===?|~=|>=|<=)(\\s*)([\\w.!+*-]+)`,
    'gi',
  );
  for (const match of text.matchAll(pep)) {
    const [, , head = '', operator = '', blanks = '', before = ''] = match;
    yield pythonPlace(
      ['', head, operator, blanks, before] as RegExpMatchArray,
      match.index + 1,
      version,
    );
  }
  // Poetry: name = "^1.2" or name = { version = "^1.2", ... } in a table of dependencies.
  const poetry = new RegExp(
    `^([ \\t]*["']?${pythonName(name)}["']?[ \\t]*=[ \\t]*(?:\\{[^}\\n]*?version[ \\t]*=[ \\t]*)?["'])([^"'\\n]+)(["'])`,
    'gim',
  );
  for (const match of text.matchAll(poetry)) {
    const table =
      text
        .slice(0, match.index)
        .match(/^\s*\[([^\]\n]+)\]/gm)
        ?.at(-1) ?? '';
    if (!/dependencies/.test(table)) continue;
    const start = match.index + (match[1]?.length ?? 0);
    const before = match[2] ?? '';
    yield { start, end: start + before.length, text: prefixed(before, version), before };
  }
}

function inPom(text: string, name: string, version: string): VersionPlace[] {
  const [group, artifact] = name.includes(':') ? name.split(':') : [undefined, name];
  const places: VersionPlace[] = [];
  for (const block of text.matchAll(/<(dependency|plugin|parent|extension)>([\s\S]*?)<\/\1>/g)) {
    const inner = block[2] ?? '';
    const has = (tag: string, value: string): boolean =>
      new RegExp(`<${tag}>\\s*${escape(value)}\\s*</${tag}>`).test(inner);
    if (!has('artifactId', artifact ?? '') || (group !== undefined && !has('groupId', group)))
      continue;
    const found = /<version>\s*([^<\s]+)\s*<\/version>/.exec(inner);
    if (!found) continue;
    const before = found[1] ?? '';
    const property = /^\$\{([^}]+)\}$/.exec(before)?.[1];
    const place =
      property === undefined
        ? null
        : new RegExp(`<${escape(property)}>\\s*([^<\\s]+)\\s*</`).exec(text);
    if (property !== undefined && !place) continue;
    const value = place?.[1] ?? before;
    const holder = place
      ? place.index + place[0].indexOf(value, property === undefined ? 0 : property.length + 2)
      : block.index + (block[1]?.length ?? 0) + 2 + found.index + found[0].indexOf(value);
    if (!places.some(({ start }) => start === holder))
      places.push({ start: holder, end: holder + value.length, text: version, before: value });
  }
  return places;
}

function inMsBuild(text: string, name: string, version: string): VersionPlace[] {
  const rule = new RegExp(
    `<Package(?:Reference|Version)\\b[^>]*?\\b(?:Include|Update)="${escape(name)}"[^>]*?\\bVersion="([^"]*)"|<Package(?:Reference|Version)\\b[^>]*?\\b(?:Include|Update)="${escape(name)}"[^>]*>\\s*<Version>([^<]*)<`,
    'gi',
  );
  return [...text.matchAll(rule)].map((match) => {
    const before = match[1] ?? match[2] ?? '';
    const start = match.index + match[0].length - 1 - before.length;
    return { start, end: start + before.length, text: version, before };
  });
}
