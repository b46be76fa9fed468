/** What a pattern is made of: one character, or a stretch that may be empty. */
type Part = { one: string } | 'any' | 'stretch' | 'folders' | 'everything';

/**
 * A pattern of a CODEOWNERS file, in the gitignore form both forges use: anchored by a slash, `*` within a
 * folder, `**` across folders. Matched without going back, in time of pattern times path: whoever may write the
 * file must not be able to hold us up with it.
 */
export class OwnersPattern {
  readonly #parts: readonly Part[];

  constructor(glob: string) {
    const text = glob.replaceAll('\\ ', ' ').replaceAll('\\#', '#');
    const anchored = text.replace(/\/$/, '').includes('/');
    const parts: Part[] = anchored ? [] : ['folders'];
    for (const token of text.replace(/^\//, '').split(/(\*\*\/|\/\*\*|\*|\?)/)) {
      if (token === '**/') parts.push('folders');
      else if (token === '/**') parts.push({ one: '/' }, 'everything');
      else if (token === '*') parts.push('stretch');
      else if (token === '?') parts.push('any');
      else for (const one of token) parts.push({ one });
    }
    // A name without a wildcard at its end also means everything below it; "docs/*" does not.
    this.below = !text.endsWith('/') && !(text.endsWith('*') && !text.endsWith('**'));
    if (text.endsWith('/')) parts.push('everything');
    this.#parts = parts;
  }

  private readonly below: boolean;

  /** @param path the characters of a file's path */
  matches(path: readonly string[]): boolean {
    // Where the parts so far may end, in order.
    let ends: number[] = [0];
    for (const part of this.#parts) {
      ends = after(part, path, ends);
      if (ends.length === 0) return false;
    }
    return ends.some((at) => at === path.length || (this.below && path[at] === '/'));
  }
}

function after(part: Part, path: readonly string[], starts: readonly number[]): number[] {
  const [first = path.length] = starts;
  const ends: number[] = [];
  if (part === 'stretch') {
    for (const start of starts) {
      if (start <= (ends.at(-1) ?? -1)) continue; // an earlier one came by here
      let at = start;
      for (; at < path.length && path[at] !== '/'; at += 1) ends.push(at);
      ends.push(at);
    }
  } else if (part === 'everything') {
    for (let at = first; at <= path.length; at += 1) ends.push(at);
  } else if (part === 'folders') {
    const own = new Set(starts);
    for (let at = first; at <= path.length; at += 1)
      if (own.has(at) || path[at - 1] === '/') ends.push(at);
  } else {
    for (const at of starts) {
      const here = path[at];
      if (part === 'any' ? here !== undefined && here !== '/' : here === part.one)
        ends.push(at + 1);
    }
  }
  return ends;
}
