/** The names that stand as whole words in an added or removed line of a diff. */
export function symbolsIn(diff: string, names: readonly string[]): string[] {
  const changed = diff.split('\n').filter((line) => /^[+-](?![+-]{2} )/.test(line));
  const words = new Set(changed.flatMap((line) => line.match(/[\p{L}\p{N}_$]+/gu) ?? []));
  return names.filter((name) => words.has(name));
}
