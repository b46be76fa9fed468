import type { Line } from './align-lines.js';

/** A place that is almost what was searched for. */
export interface NearLine {
  /** 1-based. */
  line: number;
  text: string;
}

/** The lines most like the search text: whole windows first, then single lines by shared words. */
export function nearestLines(lines: readonly Line[], search: string): NearLine[] {
  const wanted = search
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const sets = wanted.slice(0, 40).map(words);
  if (sets.length === 0) return [];
  const scores = lines.map(({ text }, index) => {
    const first = similarity(words(text), sets[0] ?? new Set());
    if (first < 0.3) return { index, score: first };
    let score = 0;
    for (const [offset, set] of sets.entries())
      score += similarity(words(lines[index + offset]?.text ?? ''), set);
    return { index, score: Math.max(first * 0.5, score / sets.length) };
  });
  return scores
    .filter(({ score }) => score >= 0.25)
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .slice(0, 3)
    .map(({ index }) => ({ line: index + 1, text: (lines[index]?.text ?? '').slice(0, 200) }));
}

function words(line: string): Set<string> {
  return new Set(line.match(/[\p{L}\p{N}_$]+|[^\s\p{L}\p{N}_$]/gu) ?? []);
}

/** Dice's coefficient of two sets of words. */
function similarity(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size === 0 || b.size === 0) return 0;
  let shared = 0;
  for (const word of a) if (b.has(word)) shared += 1;
  return (2 * shared) / (a.size + b.size);
}
