import { type ChildProcess } from 'node:child_process';
import { type Readable } from 'node:stream';
import { errorCode } from './error-code.js';
import { type SandboxEndReason, type SandboxResult, type SandboxSpec } from './sandbox.js';

/** Between TERM and KILL; with the rest of the clean-up an abort ends within one second. */
const GRACE_MS = 400;

/** How a driver stops what it started. */
export interface Stoppable {
  /** Asks the tree to end (TERM). */
  terminate(): Promise<void> | void;
  /** Ends the tree (KILL), daemons that left the process group included. */
  kill(): Promise<void> | void;
}

export type Ending = Pick<
  SandboxResult,
  'exitCode' | 'signal' | 'reason' | 'message' | 'durationMs'
>;

/**
 * Follows a started command to its end: streams its output with back-pressure, and stops the tree on
 * abort, timeout or too much output. The tree is dead when this resolves. Rejects when `onOutput` throws.
 */
export async function supervise(
  child: ChildProcess,
  stoppable: Stoppable,
  spec: Pick<SandboxSpec, 'timeoutMs' | 'maxOutputBytes' | 'onOutput'>,
  signal?: AbortSignal,
): Promise<Ending> {
  const started = performance.now();
  let stopReason: SandboxEndReason | undefined;
  let graceTimer: NodeJS.Timeout | undefined;
  let startError: Error | undefined;

  const stop = (reason: SandboxEndReason) => {
    if (stopReason !== undefined) return;
    stopReason = reason;
    void stoppable.terminate();
    graceTimer = setTimeout(() => void stoppable.kill(), GRACE_MS);
  };
  const onAbort = () => stop('aborted');
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted) onAbort();
  const timeout = setTimeout(() => stop('timeout'), spec.timeoutMs);

  let bytes = 0;
  const pump = async (stream: 'stdout' | 'stderr', source: Readable | null) => {
    if (source === null) return;
    try {
      for await (const data of source) {
        const chunk: Buffer = Buffer.isBuffer(data) ? data : Buffer.from(String(data));
        const room = spec.maxOutputBytes - bytes;
        bytes += chunk.length;
        if (room > 0) await spec.onOutput?.(stream, chunk.subarray(0, room));
        if (bytes > spec.maxOutputBytes) {
          stop('output_limit');
          return;
        }
      }
    } catch (error) {
      // A stream we destroyed below ends with this code; anything else is the listener's fault.
      if (!isStreamEnd(errorCode(error))) {
        stop('aborted');
        throw error;
      }
    }
  };
  const pumps = Promise.allSettled([pump('stdout', child.stdout), pump('stderr', child.stderr)]);

  const [exitCode, exitSignal] = await new Promise<[number | null, NodeJS.Signals | null]>(
    (resolve) => {
      child.once('error', (error) => {
        startError = error;
        if (child.pid === undefined) resolve([null, null]);
      });
      child.once('exit', (code, name) => resolve([code, name]));
    },
  );
  clearTimeout(timeout);
  clearTimeout(graceTimer);
  signal?.removeEventListener('abort', onAbort);
  // Daemons may outlive the command and hold its output open.
  await stoppable.kill();
  if (stopReason !== undefined) {
    child.stdout?.destroy();
    child.stderr?.destroy();
  }
  for (const outcome of await pumps) if (outcome.status === 'rejected') throw outcome.reason;

  const durationMs = Math.round(performance.now() - started);
  if (startError !== undefined && child.pid === undefined) {
    return {
      exitCode: null,
      signal: null,
      reason: 'failed_to_start',
      message: startError.message,
      durationMs,
    };
  }
  if (stopReason === undefined)
    return { exitCode, signal: exitSignal, reason: 'exited', durationMs };
  return {
    exitCode: null,
    signal: exitSignal ?? 'SIGKILL',
    reason: stopReason,
    message: messageFor(stopReason, spec),
    durationMs,
  };
}

function isStreamEnd(code: unknown): boolean {
  return code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ERR_STREAM_DESTROYED';
}

function messageFor(
  reason: SandboxEndReason,
  spec: Pick<SandboxSpec, 'timeoutMs' | 'maxOutputBytes'>,
): string {
  if (reason === 'timeout') return `The command was stopped after ${spec.timeoutMs / 1000} s.`;
  if (reason === 'output_limit')
    return `The command was stopped: it printed more than ${spec.maxOutputBytes} bytes.`;
  return 'The command was cancelled.';
}
