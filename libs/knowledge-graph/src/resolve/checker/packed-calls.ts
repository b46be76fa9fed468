import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { CheckedCall, CheckedFile, CheckRequest } from './checked-call.js';

/** Part of every key: raise it whenever the checker is asked something different. */
const CHECKER_VERSION = '1';

const OUTCOMES = ['project', 'elsewhere', 'unknown'] as const;

/** Words are written once, calls as numbers: line, name, outcome, count of targets, then the targets. */
interface Packed {
  words: string[];
  files: [path: number, calls: number[]][];
}

/**
 * What the checker's answer depends on: the content of all its files, what their imports mean, the
 * compiler's version and ours. The commit's id is not part of it, so that commits which change other
 * files share an answer.
 */
export function callsKey(
  files: readonly { path: string; blobId: string }[],
  imports: CheckRequest['imports'],
): string {
  const require = createRequire(import.meta.url);
  const { version } = require('typescript/package.json') as { version: string };
  const hash = createHash('sha256').update(`${CHECKER_VERSION}\n${version}\n`);
  for (const { path, blobId } of files) {
    hash.update(`${path}\0${blobId}\n`);
    for (const [specifier, target] of imports.get(path) ?? [])
      hash.update(`\0${specifier}\0${target}\n`);
  }
  return `calls:${hash.digest('hex')}`;
}

/** The calls of a project as compressed text: about 4 bytes a call. */
export function packCalls(files: Iterable<CheckedFile>): string {
  const numbers = new Map<string, number>();
  const word = (text: string): number => {
    const known = numbers.get(text);
    if (known !== undefined) return known;
    numbers.set(text, numbers.size);
    return numbers.size - 1;
  };
  const packed: Packed = { words: [], files: [] };
  for (const { path, calls } of files) {
    const row: number[] = [];
    for (const { line, name, outcome, targets } of calls) {
      row.push(line, word(name), OUTCOMES.indexOf(outcome), targets.length);
      for (const target of targets) row.push(word(target.path), target.line, word(target.name));
    }
    packed.files.push([word(path), row]);
  }
  packed.words = [...numbers.keys()];
  return gzipSync(JSON.stringify(packed), { level: 3 }).toString('base64');
}

/** The calls by file; null for a text that `packCalls` has not written. */
export function unpackCalls(text: string): Map<string, CheckedFile> | null {
  try {
    const json = gunzipSync(Buffer.from(text, 'base64')).toString('utf8');
    const { words, files } = JSON.parse(json) as Packed;
    const word = (at: number | undefined): string => words[at ?? -1] ?? '';
    return new Map(
      files.map(([path, row]) => [word(path), { path: word(path), calls: callsOf(row, word) }]),
    );
  } catch {
    return null;
  }
}

function callsOf(
  row: readonly number[],
  word: (at: number | undefined) => string,
): CheckedFile['calls'] {
  const calls: CheckedCall[] = [];
  for (let at = 0; at < row.length;) {
    const [line = 0, name, outcome = 2, count = 0] = row.slice(at, at + 4);
    at += 4;
    const targets: CheckedCall['targets'] = [];
    for (let n = 0; n < count; n += 1, at += 3)
      targets.push({ path: word(row[at]), line: row[at + 1] ?? 0, name: word(row[at + 2]) });
    calls.push({ line, name: word(name), outcome: OUTCOMES[outcome] ?? 'unknown', targets });
  }
  return calls;
}
