import { editDistance } from '../text/near-names.js';

/** Paths near a wanted one, best first: the same text in another case, the same last part, few edits. */
export function suggest(wanted: string, paths: Iterable<string>, limit = 3): string[] {
  const target = wanted.toLowerCase();
  const base = lastPart(target);
  const scored: { path: string; score: number }[] = [];
  for (const path of paths) {
    const lower = path.toLowerCase();
    const last = lastPart(lower);
    const near = Math.min(
      editDistance(lower, target),
      last === base ? 1 : editDistance(last, base) + 1,
    );
    const score = lower === target ? 0 : near;
    if (score <= Math.max(1, Math.floor(base.length / 3))) scored.push({ path, score });
  }
  return scored
    .sort((a, b) => a.score - b.score || (a.path < b.path ? -1 : 1))
    .slice(0, limit)
    .map(({ path }) => path);
}

const lastPart = (path: string): string => path.split('/').at(-1) ?? path;

/** ` Did you mean a or b?` for a path, or nothing. */
export function didYouMean(wanted: string, paths: Iterable<string>): string {
  const near = suggest(wanted, paths);
  return near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : '';
}
