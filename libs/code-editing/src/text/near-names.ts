/**
 * Names near a wanted one, best first, at most `limit`: the same name in another case or owner, an edit
 * distance of at most a third of the length, or words in common (`buildTag` and `buildETag`).
 */
function nearNames(wanted: string, names: Iterable<string>, limit = 3): string[] {
  const target = lastPart(wanted);
  const words = new Set(wordsOf(target));
  const scored: { name: string; score: number }[] = [];
  for (const name of new Set(names)) {
    const last = lastPart(name);
    const distance = editDistance(last.toLowerCase(), target.toLowerCase());
    const length = Math.max(last.length, target.length);
    if (distance <= length / 3) scored.push({ name, score: distance / length });
    else if (sharesWords(words, wordsOf(last))) scored.push({ name, score: 1 + distance / length });
  }
  return scored
    .sort((a, b) => a.score - b.score || (a.name < b.name ? -1 : 1))
    .slice(0, limit)
    .map(({ name }) => name);
}

/** ` Did you mean a or b?` for the name of a symbol, or nothing. */
export function didYouMeanName(wanted: string, names: Iterable<string>): string {
  const near = nearNames(wanted, names);
  return near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : '';
}

/** Names that an answer lists when none is near. */
const MAX_SHOWN = 5;

/**
 * What may be meant by a name that a file does not declare: near names among `declared`, otherwise the first
 * of `listed`.
 */
export function nearOrDeclared(
  wanted: string,
  declared: Iterable<string>,
  listed: Iterable<string> = declared,
): string {
  const near = didYouMeanName(wanted, declared);
  const names = [...new Set(listed)];
  if (near !== '' || names.length === 0) return near;
  const more = names.length > MAX_SHOWN ? `, and ${names.length - MAX_SHOWN} more` : '';
  return ` It declares ${names.slice(0, MAX_SHOWN).join(', ')}${more}.`;
}

const lastPart = (name: string): string => name.split(/[./#]/).at(-1) ?? name;

/** The words of an identifier, lower case: `compileETag` has compile, e and tag. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase());
}

/** At least half of the longer name's words, one of them of three letters or more. */
function sharesWords(wanted: ReadonlySet<string>, other: readonly string[]): boolean {
  const shared = new Set(other.filter((word) => wanted.has(word)));
  if (![...shared].some((word) => word.length >= 3)) return false;
  return shared.size * 2 >= Math.max(wanted.size, other.length);
}

/** Levenshtein's distance with two rows; texts of very different length are far without counting. */
export function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > Math.max(a.length, b.length) / 2)
    return Math.max(a.length, b.length);
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
