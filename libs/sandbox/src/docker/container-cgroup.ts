import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const ROOT = '/sys/fs/cgroup';

/**
 * The control groups of a container whose first process is `pid`. Null when that number is not the
 * container's here: the daemon is on another machine or in another process namespace.
 */
export async function containerCgroups(pid: number, containerId: string): Promise<string[] | null> {
  const text = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
  if (!text.includes(containerId)) return null;
  const folders: string[] = [];
  for (const line of text.split('\n')) {
    const [id, controllers = '', path] = line.split(':');
    if (path === undefined || !path.includes(containerId)) continue;
    const places =
      id === '0' && controllers === ''
        ? [join(ROOT, path), join(ROOT, 'unified', path)]
        : controllers
            .split(',')
            .filter((name) => ['memory', 'pids', 'cpuacct'].includes(name))
            .map((name) => join(ROOT, name, path));
    for (const place of places) {
      const readable = await access(place).then(
        () => true,
        () => false,
      );
      if (readable) folders.push(place);
    }
  }
  return folders;
}
