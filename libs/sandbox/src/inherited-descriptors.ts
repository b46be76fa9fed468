import { closeSync, openSync, readFileSync, readdirSync } from 'node:fs';

const O_CLOEXEC = 0o2000000;

/**
 * Descriptors that this process got from its own parent and would hand on to every child: a log pipe,
 * or worse, a socket of the host. Empty where /proc is absent.
 */
function inheritedDescriptors(): number[] {
  try {
    return readdirSync('/proc/self/fd')
      .map(Number)
      .filter((fd) => {
        if (fd < 3) return false;
        try {
          const flags = /^flags:\s*([0-7]+)$/m.exec(
            readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'),
          );
          return (parseInt(flags?.[1] ?? '0', 8) & O_CLOEXEC) === 0;
        } catch {
          return false;
        }
      });
  } catch {
    return [];
  }
}

/** A `stdio` list for spawn in which everything inherited beyond the given entries is /dev/null. */
export function closedStdio<T>(entries: readonly T[]): {
  stdio: (T | 'ignore' | number)[];
  close(): void;
} {
  const extra = inheritedDescriptors().filter((fd) => fd >= entries.length);
  const stdio: (T | 'ignore' | number)[] = [...entries];
  if (extra.length === 0) return { stdio, close: () => {} };
  const nothing = openSync('/dev/null', 'r');
  for (let fd = entries.length; fd <= Math.max(...extra); fd += 1) {
    // 'ignore' beyond the first three leaves a descriptor as it is.
    stdio.push(extra.includes(fd) ? nothing : 'ignore');
  }
  return { stdio, close: () => closeSync(nothing) };
}
