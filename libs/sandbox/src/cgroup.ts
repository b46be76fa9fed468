import { randomUUID } from 'node:crypto';
import { access, constants, mkdir, readFile, readdir, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type CgroupUsage, readCgroupUsage } from './cgroup-usage.js';
import { errorCode } from './error-code.js';
import { isAlive } from './process-tree.js';
import { type SandboxLimits } from './sandbox.js';

const ROOT = '/sys/fs/cgroup';
const PREFIX = 'hil-sandbox-';
const CPU_PERIOD_US = 100_000;
type Controller = 'memory' | 'pids' | 'cpu' | 'cpuacct';
const CONTROLLERS: readonly Controller[] = ['memory', 'pids', 'cpu', 'cpuacct'];

/** Where this process sits: its path per v1 controller, and in the v2 hierarchy. */
export interface CgroupPlace {
  v1: Partial<Record<Controller, string>>;
  v2: string | null;
}

/** Reads the lines of /proc/self/cgroup, e.g. `4:memory:/user` (v1) and `0::/user.slice` (v2). */
export function parseCgroupPlace(text: string): CgroupPlace {
  const place: CgroupPlace = { v1: {}, v2: null };
  for (const line of text.split('\n')) {
    const match = /^(\d+):([^:]*):(\/.*)$/.exec(line);
    if (!match) continue;
    const [, id, names = '', path = '/'] = match;
    if (id === '0' && names === '') place.v2 = path;
    for (const name of names.split(',')) {
      const controller = CONTROLLERS.find((known) => known === name);
      if (controller) place.v1[controller] = path;
    }
  }
  return place;
}

/** A control group of one run; its limits hold for every process that ever was in it. */
export class Cgroup {
  /** Which of memory, pids and cpu are really limited, and whether processor time is counted. */
  readonly enforced: Controller[] = [];
  private readonly folders = new Map<string, Controller[]>();

  /**
   * Makes a group below our own one, in v1 hierarchies or in v2, whichever is writable.
   * Never throws: what could not be set is missing in `enforced`.
   */
  static async create(limits: SandboxLimits): Promise<Cgroup> {
    const group = new Cgroup();
    const text = await readFile('/proc/self/cgroup', 'utf8').catch(() => '');
    const place = parseCgroupPlace(text);
    const name = `${PREFIX}${process.pid}-${randomUUID().slice(0, 8)}`;
    for (const controller of CONTROLLERS) {
      const own = place.v1[controller];
      if (own === undefined) continue;
      const folder = join(ROOT, controller, own, name);
      if (await group.limitV1(controller, folder, limits)) group.enforced.push(controller);
    }
    if (group.enforced.length === 0 && place.v2 !== null) {
      await group.createV2(place.v2, name, limits);
    }
    return group;
  }

  private async limitV1(controller: Controller, folder: string, limits: SandboxLimits) {
    try {
      await mkdir(folder);
    } catch (error) {
      // Two controllers of one hierarchy have one folder; the name is ours alone.
      return controller === 'cpuacct' && errorCode(error) === 'EEXIST';
    }
    this.folders.set(folder, [controller]);
    const set = (file: string, value: number) => writeFile(join(folder, file), String(value));
    try {
      if (controller === 'memory') {
        await set('memory.limit_in_bytes', limits.memoryMb * 1024 * 1024);
        // Absent where the kernel doesn't account swap; without it memory could spill there.
        await set('memory.memsw.limit_in_bytes', limits.memoryMb * 1024 * 1024).catch(() => {});
      } else if (controller === 'pids') {
        await set('pids.max', limits.pids);
      } else if (controller === 'cpu') {
        await set('cpu.cfs_period_us', CPU_PERIOD_US);
        await set('cpu.cfs_quota_us', Math.max(1000, Math.round(limits.cpus * CPU_PERIOD_US)));
      }
      return true;
    } catch {
      return false;
    }
  }

  /**
   * v2 forbids processes and controllers in the same group, so our own group often can't have
   * limited children: its parent is tried too (a delegated systemd slice allows that).
   */
  private async createV2(own: string, name: string, limits: SandboxLimits) {
    const root = await access(join(ROOT, 'unified'), constants.F_OK).then(
      () => join(ROOT, 'unified'),
      () => ROOT,
    );
    for (const parent of new Set([join(root, own), dirname(join(root, own))])) {
      if (!parent.startsWith(root)) continue;
      const control = join(parent, 'cgroup.subtree_control');
      await writeFile(control, '+memory +pids +cpu').catch(() => {});
      const folder = join(parent, name);
      try {
        await mkdir(folder);
      } catch {
        continue;
      }
      const given = (await readFile(join(folder, 'cgroup.controllers'), 'utf8').catch(() => ''))
        .trim()
        .split(/\s+/);
      const values: Partial<Record<Controller, [string, string]>> = {
        memory: ['memory.max', String(limits.memoryMb * 1024 * 1024)],
        pids: ['pids.max', String(limits.pids)],
        cpu: ['cpu.max', `${Math.round(limits.cpus * CPU_PERIOD_US)} ${CPU_PERIOD_US}`],
      };
      const set: Controller[] = [];
      for (const controller of CONTROLLERS.filter((known) => given.includes(known))) {
        const [file, value] = values[controller] ?? [];
        if (file === undefined || value === undefined) continue;
        await writeFile(join(folder, file), value).then(
          () => set.push(controller),
          () => {},
        );
      }
      if (set.includes('memory'))
        await writeFile(join(folder, 'memory.swap.max'), '0').catch(() => {});
      if (set.length > 0) {
        set.push('cpuacct');
        this.folders.set(folder, set);
        this.enforced.push(...set);
        return;
      }
      await rmdir(folder).catch(() => {});
    }
  }

  /** Puts a process (and so its later children) into the group. */
  async add(pid: number): Promise<void> {
    for (const [folder, controllers] of this.folders) {
      try {
        await writeFile(join(folder, 'cgroup.procs'), String(pid));
      } catch {
        for (const controller of controllers) {
          const index = this.enforced.indexOf(controller);
          if (index >= 0) this.enforced.splice(index, 1);
        }
      }
    }
  }

  /** What was counted so far. */
  usage(): Promise<CgroupUsage> {
    return readCgroupUsage(this.folders.keys());
  }

  /** Kills what is left in the group and removes it. */
  async remove(): Promise<void> {
    for (const folder of this.folders.keys()) await removeGroup(folder);
    this.folders.clear();
  }
}

async function removeGroup(folder: string): Promise<boolean> {
  for (let attempt = 0; attempt < 40; attempt += 1) {
    const pids = await readFile(join(folder, 'cgroup.procs'), 'utf8').catch(() => '');
    for (const pid of pids.split('\n').filter(Boolean)) {
      try {
        process.kill(Number(pid), 'SIGKILL');
      } catch {
        // Already gone.
      }
    }
    try {
      await rmdir(folder);
      return true;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return true;
      // A killed process leaves its group only when it has been reaped.
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
  return false;
}

/** Removes the groups of processes of ours that no longer live. Returns how many there were. */
export async function reapCgroups(): Promise<number> {
  const text = await readFile('/proc/self/cgroup', 'utf8').catch(() => '');
  const place = parseCgroupPlace(text);
  const parents = CONTROLLERS.flatMap((controller) => {
    const own = place.v1[controller];
    return own === undefined ? [] : [join(ROOT, controller, own)];
  });
  if (place.v2 !== null) {
    for (const root of [ROOT, join(ROOT, 'unified')]) {
      parents.push(join(root, place.v2), dirname(join(root, place.v2)));
    }
  }
  const names = new Set<string>();
  for (const parent of new Set(parents)) {
    for (const name of await readdir(parent).catch(() => [])) {
      const pid = name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length).split('-')[0]) : NaN;
      if (Number.isNaN(pid) || isAlive(pid)) continue;
      if (await removeGroup(join(parent, name))) names.add(name);
    }
  }
  return names.size;
}
