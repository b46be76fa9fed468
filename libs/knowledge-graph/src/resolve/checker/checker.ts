import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { CheckedFile, CheckerMessage, CheckRequest } from './checked-call.js';

/** What became of the checker: `reason` says why its answer is missing or stops early. */
export interface CheckerResult {
  files: Map<string, CheckedFile>;
  reason: string | null;
}

/** Bounds of one run of the checker. */
export interface CheckerLimits {
  /** What its process may take, in MB. */
  memoryMb: number;
  timeoutMs: number;
}

export const CHECKER_LIMITS: CheckerLimits = { memoryMb: 950, timeoutMs: 600_000 };

/** Of a process's memory, what is not V8's old space: measured at 135 MB. */
const BESIDE_HEAP_MB = 150;
/** With less, the compiler cannot even read its own library. */
const SMALLEST_HEAP_MB = 16;

/**
 * Runs TypeScript's checker in a process of its own, so that its memory goes back to the system and a
 * failure costs precision and nothing else: what it had found by then is kept.
 * @throws the signal's reason on abort.
 */
export function runChecker(
  request: CheckRequest,
  limits: CheckerLimits = CHECKER_LIMITS,
  signal?: AbortSignal,
): Promise<CheckerResult> {
  const script = compiledScript();
  const heapMb = Math.max(SMALLEST_HEAP_MB, limits.memoryMb - BESIDE_HEAP_MB);
  const result: CheckerResult = { files: new Map(), reason: null };
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    let hasEnded = false;
    const child = fork(script, [], {
      serialization: 'advanced',
      execArgv: [`--max-old-space-size=${heapMb}`, '--max-semi-space-size=16', '--expose-gc'],
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const timer = setTimeout(() => {
      result.reason = `stopped after ${limits.timeoutMs / 1_000} s`;
      child.kill('SIGKILL');
    }, limits.timeoutMs);
    const onAbort = (): void => void child.kill('SIGKILL');
    signal?.addEventListener('abort', onAbort, { once: true });
    child.on('message', (message: CheckerMessage) => {
      if (message.kind === 'files') {
        for (const file of message.files) result.files.set(file.path, file);
      } else if (message.kind === 'failed') result.reason = message.message;
      else hasEnded = true;
    });
    child.once('error', (error) => (result.reason ??= error.message));
    child.once('close', () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      if (signal?.aborted) return reject(signal.reason as Error);
      if (!hasEnded) result.reason ??= `ran out of its ${limits.memoryMb} MB`;
      resolve(result);
    });
    child.send(request);
  });
}

/** Node runs compiled code only: from the sources (under Jest) the build's output is taken. */
function compiledScript(): string {
  const here = import.meta.url.replace('/src/resolve/checker/', '/dist/resolve/checker/');
  return fileURLToPath(new URL('./checker-process.js', here));
}
