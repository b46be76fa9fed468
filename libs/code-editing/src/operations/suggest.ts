/** Names like a wanted one, best first: same text in another case, same last part, then small edit distance. */
export function suggest(wanted: string, names: Iterable<string>, limit = 3): string[] {
  const target = wanted.toLowerCase();
  const base = target.split('/').at(-1) ?? target;
  const scored: { name: string; score: number }[] = [];
  for (const name of names) {
    const lower = name.toLowerCase();
    const last = lower.split('/').at(-1) ?? lower;
    const near = Math.min(distance(lower, target), last === base ? 1 : distance(last, base) + 1);
    const score = lower === target ? 0 : near;
    if (score <= Math.max(2, Math.floor(base.length / 3))) scored.push({ name, score });
  }
  return scored
    .sort((a, b) => a.score - b.score || (a.name < b.name ? -1 : 1))
    .slice(0, limit)
    .map(({ name }) => name);
}

/** ` Did you mean a or b?`, or nothing. */
export function didYouMean(wanted: string, names: Iterable<string>): string {
  const near = suggest(wanted, names);
  return near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : '';
}

/** Levenshtein's distance with two rows; texts of very different length are far without counting. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 8) return Math.abs(a.length - b.length);
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(change, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
