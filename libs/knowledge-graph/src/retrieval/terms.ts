/** Words that say nothing about code, in requests and in identifiers. */
const STOP = new Set(
  'the and for with that this from into when then than not but are was were has have had its can should would could will must may our your their you they them all any some such each both more most other only also just very use used using uses make makes made add adds added adding change changes changed changing update updates updated updating please file files code line lines function functions method methods class classes new old where what which who why how does did done get set one two way via per out off over under about after before between there here'.split(
    ' ',
  ),
);

/** Endings that make the same word look different, the longest first. */
const ENDINGS: readonly [RegExp, string][] = [
  [/ies$/, 'y'],
  [/(?:sses)$/, 'ss'],
  [/([a-z]{3,})(?:ing|ed)$/, '$1'],
  [/([a-z]{3,})(?:tion|tions)$/, '$1t'],
  [/([a-z]{2,}[^s])s$/, '$1'],
  [/([a-z]{3,})e$/, '$1'],
];

/** One word without its ending, so that `validates` finds `validation` sooner. */
function stem(word: string): string {
  return ENDINGS.reduce((text, [ending, by]) => text.replace(ending, by), word);
}

/**
 * Words of prose and of identifiers alike: `getUserById`, `get_user_by_id` and "get user by id" give the same.
 * Lower case, without endings, numbers of one digit and words that say nothing.
 */
export function termsOf(text: string): string[] {
  return text
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word.length > 1 && !STOP.has(word))
    .map(stem);
}
