/** One file that differs between two commits. */
export interface ChangedFile {
  path: string;
  /** Where a renamed file was before. */
  oldPath?: string;
  status: 'added' | 'modified' | 'deleted' | 'renamed';
  /** Lines; 0 for binary files. */
  additions: number;
  deletions: number;
  binary: boolean;
}

/** Reads `diff --raw` and `--numstat` of two commits and joins them by path. */
export async function changedFiles(
  read: (args: readonly string[]) => Promise<string>,
  base: string,
  head: string,
): Promise<ChangedFile[]> {
  const common = ['-r', '-z', '-M', '--no-ext-diff', '--no-textconv', base, head];
  const [raw, numbers] = await Promise.all([
    read(['diff-tree', '--raw', ...common]),
    read(['diff-tree', '--numstat', ...common]),
  ]);
  const counts = parseNumbers(numbers);
  const files: ChangedFile[] = [];
  const parts = raw.split('\0');
  for (let index = 0; index < parts.length;) {
    const letter = /^:\d+ \d+ \S+ \S+ ([A-Z])/.exec(parts[index] ?? '')?.[1];
    if (letter === undefined) break;
    const first = parts[index + 1] ?? '';
    const two = letter === 'R' || letter === 'C';
    const path = two ? (parts[index + 2] ?? '') : first;
    index += two ? 3 : 2;
    const count = counts.get(path) ?? { additions: 0, deletions: 0, binary: false };
    files.push({
      path,
      ...(letter === 'R' ? { oldPath: first } : {}),
      status: STATUS[letter] ?? 'modified',
      ...count,
    });
  }
  return files;
}

const STATUS: Readonly<Record<string, ChangedFile['status']>> = {
  A: 'added',
  C: 'added',
  D: 'deleted',
  R: 'renamed',
};

function parseNumbers(text: string) {
  const counts = new Map<string, { additions: number; deletions: number; binary: boolean }>();
  const parts = text.split('\0');
  for (let index = 0; index < parts.length; index += 1) {
    const match = /^(\d+|-)\t(\d+|-)\t([\s\S]*)$/.exec(parts[index] ?? '');
    if (match === null) continue;
    const [, added = '-', deleted = '-', name = ''] = match;
    // A rename has an empty name here, then the old and the new path.
    const path = name === '' ? (parts[index + 2] ?? '') : name;
    if (name === '') index += 2;
    const binary = added === '-';
    counts.set(path, {
      additions: binary ? 0 : Number(added),
      deletions: binary ? 0 : Number(deleted),
      binary,
    });
  }
  return counts;
}
