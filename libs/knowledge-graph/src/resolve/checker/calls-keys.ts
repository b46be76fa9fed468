import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import type { CheckRequest } from './checked-call.js';
import { componentsOf } from './components.js';

/** Part of every key: raise it whenever the checker is asked something different. */
const CHECKER_VERSION = '2';

/** A file with what others can see of its types, see `typeSurface`. */
export interface KeyedFile {
  path: string;
  blobId: string;
  surface: string;
  isGlobal: boolean;
}

/**
 * For each file a key that names all its calls may depend on: its content, what the types of all files look
 * like that it imports, itself or through others, and of those that reach into every file, what imports
 * mean, the compiler's version and ours. The commit is no part of it, nor are files it does not depend on.
 */
export function callsKeys(
  files: readonly KeyedFile[],
  imports: CheckRequest['imports'],
): Map<string, string> {
  const require = createRequire(import.meta.url);
  const { version } = require('typescript/package.json') as { version: string };
  const reached = reachedSurfaces(files, imports);
  const everywhere = files
    .filter(({ isGlobal }) => isGlobal)
    .map(({ path }) => `${path}\0${reached.get(path) ?? ''}`);
  const common = digest([CHECKER_VERSION, version, ...everywhere.sort()]);
  return new Map(
    files.map(({ path, blobId }) => [
      path,
      `calls:${digest([common, path, blobId, reached.get(path) ?? ''])}`,
    ]),
  );
}

/**
 * A hash over a file and everything it reaches by imports. Files that import each other in a circle
 * share one; those they import come first, so each is made once, of its own parts and of theirs.
 */
function reachedSurfaces(
  files: readonly KeyedFile[],
  imports: CheckRequest['imports'],
): Map<string, string> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const targets = (path: string): string[] => [...(imports.get(path)?.values() ?? [])];
  const reached = new Map<string, string>();
  for (const circle of componentsOf([...byPath.keys()], targets)) {
    const parts: string[] = [];
    const below = new Set<string>();
    for (const path of circle.sort()) {
      parts.push(`${path}\0${byPath.get(path)?.surface ?? ''}`);
      for (const [specifier, target] of imports.get(path) ?? []) {
        parts.push(`\0${specifier}\0${target}`);
        const known = reached.get(target);
        if (known !== undefined) below.add(known);
      }
    }
    const hash = digest([...parts, ...[...below].sort()]);
    for (const path of circle) reached.set(path, hash);
  }
  return reached;
}

function digest(parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\n');
  return hash.digest('base64url');
}
