import { posix } from 'node:path';
import type { ChangedFile } from '../change.js';
import { DOTNET } from './dotnet.js';
import { JAVA } from './java.js';
import { JAVASCRIPT } from './javascript.js';
import type { PackageFile } from './packages.js';
import { PYTHON } from './python.js';

/** What a change does to dependencies and licences, as far as its files say. */
export interface DependencyChanges {
  /** `+ name 1.2.3`, `- name 1.0.0`, `name 1.0.0 -> 2.0.0`. */
  changes: string[];
  /** What somebody has to look at: licences that oblige, or that nobody knows. */
  concerns: string[];
  /** What came in by files that name no licences: `name 1.2.3 (poetry.lock)`. */
  unstated: string[];
}

const FILES: readonly PackageFile[] = [...JAVASCRIPT, ...PYTHON, ...JAVA, ...DOTNET];

/** Licences that ask for nothing but their text (SPDX). */
const PERMISSIVE =
  /^(0BSD|Apache-2\.0|BlueOak-1\.0\.0|BSD-[23]-Clause|CC0-1\.0|CC-BY-[34]\.0|ISC|MIT(-0)?|Python-2\.0|Unlicense|WTFPL|Zlib)$/;

/** Reads manifests and lock files of the change, at base and head. Files it can't read are left to the path checks. */
export function dependencyChanges(files: readonly ChangedFile[]): DependencyChanges {
  const result: DependencyChanges = { changes: [], concerns: [], unstated: [] };
  for (const file of files) {
    const kind = FILES.find(({ name }) => name.test(posix.basename(file.path)));
    if (kind !== undefined) compare(file, kind, result);
  }
  return result;
}

function compare(file: ChangedFile, kind: PackageFile, result: DependencyChanges): void {
  const { path, before: old, after: now } = file;
  const licence = licenceChange(file, kind);
  if (licence !== undefined) result.concerns.push(licence);
  const before = kind.read(lines(old));
  const after = kind.read(lines(now));
  for (const [name, { version, licence: terms }] of after) {
    const known = before.get(name);
    if (known?.version === version) continue;
    result.changes.push(
      known === undefined ? `+ ${name} ${version}` : `${name} ${known.version} -> ${version}`,
    );
    const news = known === undefined || known.licence !== terms;
    if (kind.lock === 'licences') {
      if (news && !isPermissive(terms))
        result.concerns.push(`${name} ${version} has the licence ${terms ?? 'nobody states'}`);
    } else if (known === undefined) {
      result.unstated.push(`${name} ${version} (${path})`);
    }
  }
  for (const [name, { version }] of before) {
    if (!after.has(name)) result.changes.push(`- ${name} ${version}`);
  }
}

function lines(text = ''): string {
  return text.replaceAll('\r\n', '\n');
}

/** True when each alternative of an SPDX expression that must be met is permissive. */
function isPermissive(expression: string | undefined): boolean {
  if (expression === undefined) return false;
  const every = expression.replace(/[()]/g, '').split(/ AND /);
  return every.every((part) => part.split(/ OR /).some((one) => PERMISSIVE.test(one.trim())));
}

/** A manifest that changes what the project itself is given away under. */
function licenceChange(
  { path, before, after }: ChangedFile,
  { ownLicence }: PackageFile,
): string | undefined {
  if (ownLicence === undefined || before === undefined || after === undefined) return undefined;
  const [old, now] = [before, after].map((text) => ownLicence(lines(text)) ?? 'none');
  return old === now ? undefined : `${path} changes its licence from ${old} to ${now}`;
}
