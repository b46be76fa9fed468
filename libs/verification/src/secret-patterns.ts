/** A hit by its character range. */
export interface Hit {
  start: number;
  end: number;
  kind: string;
}

/** Forms that the preset leaves out and that are unmistakable by themselves. */
const FORMS: readonly { kind: string; pattern: RegExp }[] = [
  { kind: 'AWS access key id', pattern: /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/g },
  { kind: 'Google API key', pattern: /\bAIza[\w-]{35}(?![\w-])/g },
  {
    kind: 'JSON Web Token',
    pattern: /\beyJ[\w-]{15,}\.eyJ[\w-]{15,}\.[\w-]{20,}/g,
  },
];

/** `password = "..."` and the like, in code, JSON, YAML and env files. */
const ASSIGNMENT =
  /(?:password|passwd|secret|token|api_?key|access_?key|private_?key|credential)s?["']?\s*(?::|=|=>|:=)\s*["'`]([^"'`\s]{16,200})["'`]/gi;

/** Bits of Shannon entropy per character; random base62 of 20 and more characters is above this. */
const MIN_ENTROPY = 3.7;
const PLACEHOLDER =
  /example|sample|dummy|placeholder|change_?me|your[-_]|xxxx|\*{3}|<[^>]+>|\$\{|\{\{|test[-_]|fake/i;
/** Hashes and ids are random too, and public. */
const PUBLIC_FORM = /^(?:sha\d+[-:]|[0-9a-f]{8}-[0-9a-f]{4}-|[0-9a-f]{32,64}$|https?:|\.{0,2}\/)/i;

/** Secrets that the forms above and assignments of random strings to telling names give away. */
export function ownFindings(content: string): Hit[] {
  const hits: Hit[] = [];
  for (const { kind, pattern } of FORMS) {
    for (const match of content.matchAll(pattern)) {
      if (PLACEHOLDER.test(match[0])) continue;
      hits.push({ start: match.index, end: match.index + match[0].length, kind });
    }
  }
  for (const match of content.matchAll(ASSIGNMENT)) {
    const value = match[1] ?? '';
    if (!looksRandom(value)) continue;
    const start = match.index + match[0].lastIndexOf(value);
    hits.push({ start, end: start + value.length, kind: 'random value of a secret name' });
  }
  return hits;
}

function looksRandom(value: string): boolean {
  if (PLACEHOLDER.test(value) || PUBLIC_FORM.test(value)) return false;
  return /\d/.test(value) && /[a-z]/i.test(value) && entropy(value) >= MIN_ENTROPY;
}

function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => {
    const share = count / text.length;
    return sum - share * Math.log2(share);
  }, 0);
}
