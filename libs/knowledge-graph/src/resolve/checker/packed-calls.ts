import { OUTCOMES, type LinkedCall } from './checked-call.js';

/** A call as a row: line, name, number of its outcome, ids of the symbols it goes to. */
type Row = [line: number, name: string, outcome: number, ...targets: string[]];

/** The calls of a file as text, for the cache. */
export function packCalls(calls: readonly LinkedCall[]): string {
  return JSON.stringify(
    calls.map(({ line, name, outcome, targets }): Row => [
      line,
      name,
      OUTCOMES.indexOf(outcome),
      ...targets,
    ]),
  );
}

/** The calls of a file; null for a text that `packCalls` has not written. */
export function unpackCalls(text: string): LinkedCall[] | null {
  try {
    return (JSON.parse(text) as Row[]).map(([line, name, outcome, ...targets]) => ({
      line,
      name,
      outcome: OUTCOMES[outcome] ?? 'unknown',
      targets,
    }));
  } catch {
    return null;
  }
}
