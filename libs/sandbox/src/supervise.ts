import { type ChildProcess } from 'node:child_process';
import { type Readable } from 'node:stream';
import { OutputPumps } from './output-pumps.js';
import {
  type OutputStream,
  type SandboxEndReason,
  type SandboxResult,
  type SandboxSpec,
} from './sandbox.js';

/** Between TERM and KILL; with the rest of the clean-up an abort ends within one second. */
const GRACE_MS = 400;
/** Between two looks at what the command has used. */
const WATCH_MS = 150;

/** A limit that was hit, and a sentence for a person. */
export interface LimitHit {
  reason: SandboxEndReason;
  message: string;
}

/** A command that a driver has started. */
export interface StartedCommand {
  /** What it prints, read as fast as the listener takes it. */
  output: AsyncIterable<readonly [OutputStream, Buffer]>[];
  /** Settles when the command has ended. */
  ended: Promise<CommandEnd>;
  /** Lets go of the output when nobody will read the rest. */
  closeOutput(): void;
  /** Asks the tree to end (TERM). */
  terminate(): Promise<void> | void;
  /** Ends the tree (KILL), daemons that left the process group included. */
  kill(): Promise<void> | void;
  /** Looked at all the time: a limit that was passed. Must not throw. */
  overLimit?(): Promise<LimitHit | null>;
}

export interface CommandEnd {
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  /** Why it never ran. */
  startError?: string;
}

const UNKNOWN_END: CommandEnd = { exitCode: null, signal: null };

export type Ending = Pick<
  SandboxResult,
  'exitCode' | 'signal' | 'reason' | 'message' | 'durationMs'
>;

/**
 * Follows a started command to its end: streams its output with back-pressure, and stops the tree on
 * abort, timeout or a passed limit. The tree is dead when this resolves, or the message says that it
 * could not be ended. Rejects when `onOutput` throws.
 */
export async function supervise(
  command: StartedCommand,
  spec: Pick<SandboxSpec, 'timeoutMs' | 'maxOutputBytes' | 'onOutput'>,
  signal?: AbortSignal,
): Promise<Ending> {
  const started = performance.now();
  let stopped: LimitHit | undefined;
  let graceTimer: NodeJS.Timeout | undefined;
  let giveUp: (end: CommandEnd) => void = () => undefined;
  const unstoppable = new Promise<CommandEnd>((resolve) => (giveUp = resolve));

  const stop = (hit: LimitHit) => {
    if (stopped !== undefined) return;
    stopped = hit;
    // A driver may fail at it (a Docker daemon that went away): KILL follows, and says so when it fails too.
    attempt(() => command.terminate()).catch(() => undefined);
    graceTimer = setTimeout(() => {
      attempt(() => command.kill()).catch(() => {
        graceTimer = setTimeout(() => giveUp(UNKNOWN_END), GRACE_MS);
      });
    }, GRACE_MS);
  };
  const onAbort = () => stop({ reason: 'aborted', message: 'The command was cancelled.' });
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted) onAbort();
  const message = `The command was stopped after ${spec.timeoutMs / 1000} s.`;
  const timeout = setTimeout(() => stop({ reason: 'timeout', message }), spec.timeoutMs);
  const watch = new Watch(command, stop);

  const most = `The command was stopped: it printed more than ${spec.maxOutputBytes} bytes.`;
  const pumps = new OutputPumps(command.output, {
    maxBytes: spec.maxOutputBytes,
    onOutput: spec.onOutput,
    onLimit: () => stop({ reason: 'output_limit', message: most }),
    onFault: onAbort,
  });

  const {
    exitCode,
    signal: exitSignal,
    startError,
  } = await Promise.race([command.ended, unstoppable]);
  clearTimeout(timeout);
  watch.close();
  const leftRunning = await attempt(() => command.kill()).then(() => null, describe);
  // A daemon that neither group nor environment gives away may outlive this and hold the output open.
  await pumps.drained(() => stopped !== undefined);
  clearTimeout(graceTimer);
  signal?.removeEventListener('abort', onAbort);
  command.closeOutput();
  await pumps.end();

  const durationMs = Math.round(performance.now() - started);
  if (startError !== undefined && stopped === undefined) {
    return {
      exitCode: null,
      signal: null,
      reason: 'failed_to_start',
      message: startError,
      durationMs,
    };
  }
  if (stopped === undefined) return { exitCode, signal: exitSignal, reason: 'exited', durationMs };
  const left = leftRunning === null ? '' : ` It may still be running: ${leftRunning}`;
  return {
    exitCode: null,
    signal: exitSignal ?? 'SIGKILL',
    reason: stopped.reason,
    message: stopped.message + left,
    durationMs,
  };
}

/** Also a failure before the first wait is a rejection. */
async function attempt(work: () => Promise<void> | void): Promise<void> {
  await work();
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Asks a command for passed limits, one question at a time. */
class Watch {
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(
    private readonly command: StartedCommand,
    private readonly onHit: (hit: LimitHit) => void,
  ) {
    if (command.overLimit !== undefined) this.later();
  }

  private later(): void {
    this.timer = setTimeout(() => void this.ask(), WATCH_MS);
  }

  private async ask(): Promise<void> {
    const hit = await this.command.overLimit?.();
    if (this.closed) return;
    if (hit) this.onHit(hit);
    else this.later();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }
}

/** The part of a command that every child process has. */
export function followChild(
  child: ChildProcess,
): Pick<StartedCommand, 'output' | 'ended' | 'closeOutput'> {
  const ended = new Promise<CommandEnd>((resolve) => {
    child.once('error', (error) => {
      if (child.pid !== undefined) return;
      resolve({ exitCode: null, signal: null, startError: error.message });
    });
    child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }));
  });
  return {
    ended,
    output: [labelled('stdout', child.stdout), labelled('stderr', child.stderr)],
    closeOutput: () => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    },
  };
}

async function* labelled(
  stream: OutputStream,
  source: Readable | null,
): AsyncGenerator<readonly [OutputStream, Buffer]> {
  for await (const data of source ?? []) {
    yield [stream, Buffer.isBuffer(data) ? data : Buffer.from(String(data))];
  }
}
