import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROBE_LIMITS } from './probe.js';
import { type SandboxResult, type SandboxSpec } from './sandbox.js';
import { discoverToolchains } from './toolchains.js';

/**
 * Who commands are to files outside of their user namespace: ourselves, an ordinary user; or, started by root,
 * nobody; or root, where the kernel lets nobody else make a user namespace.
 */
export type SeenAs = 'self' | 'nobody' | 'root';

const TRANSIENT =
  /\b(?:EAGAIN|EMFILE|ENFILE|ENOMEM)\b|temporarily unavailable|too many open files|cannot allocate memory/i;

/**
 * Finds out who commands are. Only an answer about this machine is remembered: where the try itself failed (a time-out
 * under load), commands are root this once, and the next one asks again.
 */
export class CommandUser {
  private found: SeenAs | undefined;
  private asking: Promise<SeenAs> | undefined;

  /** `runAsNobody`: runs a command as nobody, or rejects. */
  constructor(private readonly runAsNobody: (spec: SandboxSpec) => Promise<SandboxResult>) {}

  /** The answer that holds from now on; undefined while there is none. */
  get remembered(): SeenAs | undefined {
    return this.found;
  }

  async ask(): Promise<SeenAs> {
    if (process.getuid?.() !== 0) this.found = 'self';
    if (this.found !== undefined) return this.found;
    this.asking ??= this.tryNobody().finally(() => (this.asking = undefined));
    return this.asking;
  }

  /** Whether nobody can start the sandbox, and the toolchains of this machine in it. */
  private async tryNobody(): Promise<SeenAs> {
    try {
      // A folder of root alone, as those with the data of runs are: what is in it has to be shown at another path.
      const closed = await mkdtemp(join(tmpdir(), 'hil-probe-'));
      try {
        const workspace = join(closed, 'workspace');
        await mkdir(workspace);
        const tools = Object.values((await discoverToolchains()).found);
        const script = 'for tool; do test -x "$tool" || exit 1; done; touch written';
        const argv = ['sh', '-c', script, 'sh', ...tools] as const;
        this.found = answerOf(await this.runAsNobody({ ...PROBE_LIMITS, workspace, argv }));
      } finally {
        await rm(closed, { recursive: true, force: true });
      }
    } catch {
      // Nothing of this is about who may do what.
    }
    return this.found ?? 'root';
  }
}

function answerOf({ exitCode, signal, reason, message = '' }: SandboxResult): SeenAs | undefined {
  if (exitCode === 0) return 'nobody';
  const ended = reason === 'exited' || reason === 'failed_to_start';
  return ended && signal === null && !TRANSIENT.test(message) ? 'root' : undefined;
}
