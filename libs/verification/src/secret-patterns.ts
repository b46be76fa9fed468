import { SECRET_FORMS } from '@hil/observability';

/** A hit by its character range. */
export interface Hit {
  start: number;
  end: number;
  kind: string;
}

/** `password = "..."` and the like, in code, JSON, YAML and env files. */
const ASSIGNMENT =
  /(?:password|passwd|secret|token|api_?key|(?:access|account|private)_?key|credential)s?["']?\s*(?::|=|=>|:=)\s*["'`]([^"'`\s]{16,200})["'`]/gi;

/** Bits of Shannon entropy per character; random base62 of 20 and more characters is above this. */
const MIN_ENTROPY = 3.7;
/** `XXXXXXXX` and `0000` have a form too, and less than this. */
const MIN_FORM_ENTROPY = 3;
/** Beginnings of the storage emulator's key, of the key in Stripe's documentation, and of that in jwt.io's. */
const EVERYBODYS = [
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1',
  '4eC39HqLyjWDarjt',
  'eyJzdWIiOiIxMjM0NTY3ODkwIiw',
];
/** Basic credentials of documentation, once decoded. */
const EVERYBODYS_PEOPLE =
  /^(?:Aladdin|user(?:name)?|foo|admin|ali|bob|alice):(?:open sesame|pass(?:word)?|bar|user(?:name)?|admin|secret)$/i;
const PLACEHOLDER =
  /example|sample|dummy|placeholder|change_?me|your[-_]|xxxx|\*{3}|<[^>]+>|\$\{|\{\{|test[-_]|fake/i;
/** Hashes and ids are random too, and public. */
const PUBLIC_FORM = /^(?:sha\d+[-:]|[0-9a-f]{8}-[0-9a-f]{4}-|[0-9a-f]{32,64}$|https?:|\.{0,2}\/)/i;

/** Secrets that the forms above and assignments of random strings to telling names give away. */
export function ownFindings(content: string): Hit[] {
  const hits: Hit[] = [];
  for (const { kind, pattern } of SECRET_FORMS) {
    for (const match of content.matchAll(pattern)) {
      const value = match[1] ?? match[0];
      if (isPublished(value)) continue;
      const end = match.index + match[0].length;
      hits.push({ start: end - value.length, end, kind });
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

/** Whether the value is in public documentation, or filled with the letter X. */
export function isEverybodys(value: string): boolean {
  return /X{12}/.test(value) || EVERYBODYS.some((known) => value.includes(known));
}

/** Whether a value of a secret's form is no secret: a placeholder, or one that everybody has. */
function isPublished(value: string): boolean {
  if (PLACEHOLDER.test(value) || entropy(value) < MIN_FORM_ENTROPY) return true;
  return (
    isEverybodys(value) || EVERYBODYS_PEOPLE.test(Buffer.from(value, 'base64').toString('latin1'))
  );
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
