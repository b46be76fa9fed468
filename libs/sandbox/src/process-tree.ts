import { readFile, readdir } from 'node:fs/promises';
import { errorCode } from './error-code.js';

/** Set in the environment of every command: the id that `kill` asks for. */
export const ID_VARIABLE = 'HIL_SANDBOX_ID';

/** Sends a signal; a process that is already gone is fine. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone, or never ours.
  }
}

/** True when a process with this number exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** All living descendants of a process, nearest first. Empty where /proc is absent. */
export async function descendants(pid: number): Promise<number[]> {
  const found: number[] = [];
  for (let queue = [pid]; queue.length > 0;) {
    const next: number[] = [];
    for (const parent of queue) {
      const tasks = await readdir(`/proc/${parent}/task`).catch(() => []);
      for (const task of tasks) {
        const text = await readFile(`/proc/${parent}/task/${task}/children`, 'utf8').catch(
          () => '',
        );
        next.push(...text.split(' ').filter(Boolean).map(Number));
      }
    }
    found.push(...next);
    queue = next;
  }
  return found;
}

/** Processes of ours whose environment holds `NAME=value`: finds daemons that left their group. */
export async function processesWithEnvironment(entry: string): Promise<number[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found: number[] = [];
  for (const pid of pids) {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (environment.split('\0').includes(entry)) found.push(Number(pid));
  }
  return found;
}

/** Ends every process whose command was started under the id. Returns how many there were. */
export async function killById(id: string): Promise<number> {
  const pids = await processesWithEnvironment(`${ID_VARIABLE}=${id}`);
  for (const pid of pids) signalProcess(pid, 'SIGKILL');
  return pids.length;
}
