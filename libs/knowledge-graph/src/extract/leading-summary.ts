/** The first sentence of the comment or docstring a file opens with; empty without one. */
export function leadingSummary(text: string): string {
  const head = text
    .slice(0, 4_000)
    .replace(/^#!.*\n/, '')
    .trimStart();
  const block = /^(?:\/\*\*?([^]*?)\*\/|[rR]?"""([^]*?)"""|((?:(?:\/\/|#(?!region)).*\n)+))/.exec(
    head,
  );
  const raw = block?.[1] ?? block?.[2] ?? block?.[3];
  if (!raw) return '';
  const flat = raw
    .split('\n')
    .map((line) => line.replace(/^\s*(?:\*|\/\/+|#+)?\s?/, '').trim())
    .join(' ')
    .replace(/<\/?summary>/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  if (/copyright|licen[sc]e|eslint-|@ts-|coding[:=]|auto-?generated/i.test(flat.slice(0, 200)))
    return '';
  const sentence = /^.*?[.!?](?=\s|$)/.exec(flat)?.[0] ?? flat;
  return sentence.slice(0, 200);
}
