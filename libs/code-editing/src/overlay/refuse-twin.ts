import { HilError } from '@hil/contracts';

/**
 * Refuses a new path that is, but for case or the form of its letters, a file or folder that is there: on other
 * file systems the two are one.
 * @param files every path of the repository
 * @throws HilError `validation_error` that names the other
 */
export function refuseTwin(path: string, files: readonly string[]): void {
  const folded = foldersOf(path).map((name) => ({ name, key: fold(name) }));
  const exact = new Set<string>();
  const twins = new Map<string, string>();
  for (const file of files) {
    if (!fold(file).startsWith(folded[0]?.key ?? '')) continue;
    for (const name of foldersOf(file)) {
      exact.add(name);
      twins.set(fold(name), name);
    }
  }
  for (const { name, key } of folded) {
    const twin = twins.get(key);
    if (twin === undefined || exact.has(name)) continue;
    throw new HilError(
      'validation_error',
      `${twin} exists already and differs from ${name} only in case or spelling. Use the spelling that is there, or another name.`,
    );
  }
}

/** `a/b/c` as `a`, `a/b`, `a/b/c`. */
function foldersOf(path: string): string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

const fold = (path: string): string => path.normalize('NFC').toLowerCase();
