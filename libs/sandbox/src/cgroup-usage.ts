import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What the kernel counted for a control group. */
export interface CgroupUsage {
  /** Null where processor time is not accounted. */
  cpuSeconds: number | null;
  /** Processes killed for memory. */
  oomKills: number;
  /** Forks that were refused. */
  refusedForks: number;
}

/** Sums up the folders of one group: one per hierarchy in v1, a single one in v2. Never throws. */
export async function readCgroupUsage(folders: Iterable<string>): Promise<CgroupUsage> {
  const usage: CgroupUsage = { cpuSeconds: null, oomKills: 0, refusedForks: 0 };
  for (const folder of folders) {
    const read = (file: string) => readFile(join(folder, file), 'utf8').catch(() => '');
    const number = (text: string, pattern: RegExp) => Number(pattern.exec(text)?.[1] ?? 0);
    const [v1, v2, events, control, pids] = await Promise.all(
      ['cpuacct.usage', 'cpu.stat', 'memory.events', 'memory.oom_control', 'pids.events'].map(read),
    );
    if (v1) usage.cpuSeconds = Number(v1) / 1e9;
    const micros = number(v2 ?? '', /^usage_usec (\d+)$/m);
    if (micros > 0) usage.cpuSeconds = micros / 1e6;
    usage.oomKills += number(events || (control ?? ''), /^oom_kill (\d+)$/m);
    usage.refusedForks += number(pids ?? '', /^max (\d+)$/m);
  }
  return usage;
}
