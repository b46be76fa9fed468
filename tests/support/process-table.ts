import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface ProcessRow {
  pid: number;
  parent: number;
  command: string;
}

/** Every live process of this machine; those that only wait to be reaped are left out. */
export async function processTable(): Promise<ProcessRow[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,stat=,args='], {
    maxBuffer: 16 * 1024 * 1024,
  });
  return stdout.split('\n').flatMap((line) => {
    const found = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line);
    if (found === null || found[3]?.startsWith('Z')) return [];
    return [{ pid: Number(found[1]), parent: Number(found[2]), command: found[4] ?? '' }];
  });
}

/** All that these processes started and that still lives, without the database server. */
export function startedBy(table: readonly ProcessRow[], pids: readonly number[]): ProcessRow[] {
  const within = new Set(pids);
  for (let size = 0; size < within.size;) {
    size = within.size;
    for (const { pid, parent } of table) if (within.has(parent)) within.add(pid);
  }
  return table.filter(
    ({ pid, command }) => within.has(pid) && !pids.includes(pid) && !/postgres/.test(command),
  );
}
