/** One entry of a commit's tree. */
export interface TreeFile {
  path: string;
  /** Object id of the content: equal ids mean equal bytes. */
  blob: string;
  /** Bytes. */
  size: number;
  mode: '100644' | '100755' | '120000' | '160000' | (string & {});
}

/** Reads `ls-tree -r -l -z`. */
export function parseTree(output: Buffer): TreeFile[] {
  const files: TreeFile[] = [];
  for (const record of output.toString('utf8').split('\0')) {
    const match = /^(\d{6}) \w+ ([0-9a-f]+) +(\d+|-)\t([\s\S]+)$/.exec(record);
    if (match === null) continue;
    const [, mode = '', blob = '', size = '', path = ''] = match;
    files.push({ path, blob, size: size === '-' ? 0 : Number(size), mode });
  }
  return files;
}

/**
 * Where a symlink leads inside its tree, following the tree's other symlinks on the way.
 * @param links path -> target of every symlink of the tree
 * @returns undefined when it leaves the tree, is absolute or runs in circles
 */
export function resolveInTree(
  path: string,
  links: ReadonlyMap<string, string>,
): string | undefined {
  const done: string[] = [];
  let rest = path.split('/');
  let hops = 0;
  while (rest.length > 0) {
    const [part, ...after] = rest;
    rest = after;
    if (part === undefined || part === '' || part === '.') continue;
    if (part === '..') {
      if (done.pop() === undefined) return undefined;
      continue;
    }
    const here = [...done, part].join('/');
    const target = links.get(here);
    if (target === undefined) {
      done.push(part);
      continue;
    }
    if (target.startsWith('/') || target.includes('\0') || ++hops > 40) return undefined;
    rest = [...target.split('/'), ...rest];
  }
  return done.join('/');
}

/** Names that some file system takes for `.git`: other case, trailing dots, short and stream names, ignorable characters. */
export function isGitLikeName(part: string): boolean {
  const bare = part
    .replace(/[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/gu, '')
    .toLowerCase()
    .replace(/::?\$?.*$/, '')
    .replace(/[ .]+$/, '');
  return bare === '.git' || /^git~\d+$/.test(bare);
}
