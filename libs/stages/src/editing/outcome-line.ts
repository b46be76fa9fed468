import type { OperationResult } from '@hil/code-editing';
import { fenced } from '@hil/language-models';

/** What a model is told of one of its operations, the first being 0. */
export function outcomeLine(
  { ok, operation, message, nearest = [] }: OperationResult,
  at: number,
): string {
  const what = `${at + 1}. ${operation.op} ${operation.path}`;
  if (ok) return `${what}: done${message === undefined ? '' : ` (${message})`}`;
  const near = nearest.map(({ line, text }) => `${line}: ${text}`).join('\n');
  return `${what}: FAILED, nothing changed. ${message ?? ''}${
    near === '' ? '' : `\nThe nearest lines:\n${fenced(operation.path, near)}`
  }`;
}
