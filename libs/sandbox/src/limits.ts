import { type CgroupUsage } from './cgroup-usage.js';
import { type Ending, type LimitHit } from './supervise.js';
import { DEFAULT_DISK_MB, type SandboxLimits } from './sandbox.js';

const MIB = 1024 * 1024;
/** A shell's way to say "killed by SIGXFSZ": a single file grew past the disk limit. */
const FILE_TOO_LARGE = 128 + 25;

/** What the kernel counted while a command ran. */
export interface LimitFacts {
  outOfMemory: boolean;
  /** A fork was refused. */
  processLimitHit: boolean;
  /** /tmp, HOME or shared memory was seen without room. */
  tmpFull: boolean;
}

export const diskMb = (limits: SandboxLimits): number => limits.diskMb ?? DEFAULT_DISK_MB;

/** Processor time that counts as too much: by default what the wall time allows, rounded up. */
const cpuSeconds = (limits: SandboxLimits): number =>
  limits.cpuSeconds ?? Math.ceil((limits.timeoutMs / 1000) * limits.cpus);

/** Bytes of each memory file system (/tmp, HOME): filling one must not use up the memory limit. */
export const tmpBytes = (limits: SandboxLimits): number =>
  Math.min(1024 * MIB, Math.floor(limits.memoryMb / 2) * MIB);

/** A command that failed or hung after a limit refused it something ended because of that limit. */
export function nameTheLimit(ending: Ending, facts: LimitFacts, limits: SandboxLimits): Ending {
  const failed = ending.reason === 'exited' && ending.exitCode !== 0;
  if (!failed && ending.reason !== 'timeout') return ending;
  const late = ending.reason === 'timeout' ? ` ${ending.message}` : '';
  if (facts.outOfMemory) {
    const message = `The command needed more than ${limits.memoryMb} MB of memory.${late}`;
    return { ...ending, reason: 'memory_limit', message };
  }
  if (facts.processLimitHit) {
    const message = `The command wanted more than ${limits.pids} processes at once.${late}`;
    return { ...ending, reason: 'process_limit', message };
  }
  if (facts.tmpFull) {
    const message = `The command filled /tmp or HOME (${tmpBytes(limits) / MIB} MB each).${late}`;
    return { ...ending, reason: 'disk_limit', message };
  }
  if (ending.exitCode === FILE_TOO_LARGE || ending.signal === 'SIGXFSZ') {
    const message = `The command wrote a file of more than ${diskMb(limits)} MB.`;
    return { ...ending, reason: 'disk_limit', message };
  }
  return ending;
}

/** The processor time of the tree, if it was passed. */
export function overCpuTime(
  { cpuSeconds: used }: Pick<CgroupUsage, 'cpuSeconds'>,
  limits: SandboxLimits,
): LimitHit | null {
  const most = cpuSeconds(limits);
  if (used === null || used <= most) return null;
  const message = `The command was stopped: it used more than ${most} s of processor time.`;
  return { reason: 'cpu_limit', message };
}
