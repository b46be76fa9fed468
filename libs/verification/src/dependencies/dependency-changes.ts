import { posix } from 'node:path';
import type { ChangedFile } from './change.js';

/** What a change does to dependencies and licences, as far as its files say. */
export interface DependencyChanges {
  /** `+ name 1.2.3`, `- name 1.0.0`, `name 1.0.0 -> 2.0.0`. */
  changes: string[];
  /** What somebody has to look at: licences that oblige, or that nobody knows. */
  concerns: string[];
}

type Packages = Map<string, { version: string; licence?: string | undefined }>;

/** Licences that ask for nothing but their text (SPDX). */
const PERMISSIVE =
  /^(0BSD|Apache-2\.0|BlueOak-1\.0\.0|BSD-[23]-Clause|CC0-1\.0|CC-BY-[34]\.0|ISC|MIT(-0)?|Python-2\.0|Unlicense|WTFPL|Zlib)$/;

/** Reads manifests and lock files of the change, at base and head. Files it can't read are left to the path checks. */
export function dependencyChanges(files: readonly ChangedFile[]): DependencyChanges {
  const result: DependencyChanges = { changes: [], concerns: [] };
  for (const file of files) {
    const read = readerOf(file.path);
    const licence = licenceField(file);
    if (licence !== undefined) result.concerns.push(licence);
    if (read === undefined) continue;
    const before = read(file.before ?? '');
    const after = read(file.after ?? '');
    for (const [name, { version, licence: terms }] of after) {
      const old = before.get(name);
      if (old?.version === version) continue;
      result.changes.push(
        old === undefined ? `+ ${name} ${version}` : `${name} ${old.version} -> ${version}`,
      );
      const news = old === undefined || old.licence !== terms;
      if (isLock(file.path) && news && !isPermissive(terms)) {
        result.concerns.push(`${name} ${version} has the licence ${terms ?? 'nobody states'}`);
      }
    }
    for (const [name, { version }] of before) {
      if (!after.has(name)) result.changes.push(`- ${name} ${version}`);
    }
  }
  return result;
}

function isLock(path: string): boolean {
  return /^(package-lock|npm-shrinkwrap)\.json$/.test(posix.basename(path));
}

/** True when each alternative of an SPDX expression that must be met is permissive. */
function isPermissive(expression: string | undefined): boolean {
  if (expression === undefined) return false;
  const every = expression.replace(/[()]/g, '').split(/ AND /);
  return every.every((part) => part.split(/ OR /).some((one) => PERMISSIVE.test(one.trim())));
}

function readerOf(path: string): ((text: string) => Packages) | undefined {
  const name = posix.basename(path);
  if (isLock(path)) return readLock;
  if (name === 'package.json') return readManifest;
  return /^(requirements|constraints)[^/]*\.(txt|in)$/i.test(name) ? readRequirements : undefined;
}

function readLock(text: string): Packages {
  const { packages } = parse(text) as {
    packages?: Record<string, { version?: string; license?: string }>;
  };
  const found: Packages = new Map();
  for (const [path, { version, license }] of Object.entries(packages ?? {})) {
    const name = path.split('node_modules/').at(-1);
    if (path.includes('node_modules/') && version !== undefined && name !== undefined)
      found.set(name, { version, licence: license });
  }
  return found;
}

function readManifest(text: string): Packages {
  const manifest = parse(text);
  const found: Packages = new Map();
  for (const part of [
    'dependencies',
    'devDependencies',
    'optionalDependencies',
    'peerDependencies',
  ]) {
    for (const [name, version] of Object.entries(manifest[part] ?? {}))
      found.set(name, { version: String(version) });
  }
  return found;
}

function readRequirements(text: string): Packages {
  const found: Packages = new Map();
  for (const line of text.split('\n')) {
    const match = /^\s*([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*([=<>!~][^;#]*)?/.exec(line);
    if (match?.[1] !== undefined) {
      found.set(match[1].toLowerCase(), { version: match[2]?.trim() ?? 'any version' });
    }
  }
  return found;
}

/** A changed `license` of a manifest: what the project itself is given away under. */
function licenceField({ path, before, after }: ChangedFile): string | undefined {
  if (posix.basename(path) !== 'package.json' || before === undefined || after === undefined) {
    return undefined;
  }
  const [old, now] = [parse(before)['license'], parse(after)['license']].map((value) =>
    value === undefined ? 'none' : JSON.stringify(value),
  );
  return old === now ? undefined : `${path} changes its licence from ${old} to ${now}`;
}

function parse(text: string): Record<string, object | undefined> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null
      ? (value as Record<string, object | undefined>)
      : {};
  } catch {
    return {};
  }
}
