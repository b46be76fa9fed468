import { realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type HostUser } from './host-user.js';
import { type InstallSettings } from './install-settings.js';
import { type SandboxMount, type SandboxSpec } from './sandbox.js';
import { type Toolchains } from './toolchains.js';

/**
 * Who commands are to files of this machine when root starts them: a number that Debian reserves and that nobody has,
 * so not even files of an ordinary user are open to it.
 */
export const NOBODY: HostUser = { uid: 65_530, gid: 65_530 };

/**
 * Shows the paths it is given, up to `--`, as /sys/0, /sys/1 ... in a mount namespace of its own, then becomes the
 * command after it. Nothing of the real /sys is needed by bwrap, and it is there on every machine.
 */
const STAGE = `set -e
mount -n -t tmpfs -o mode=755,size=1m hil /sys
n=0
while [ "$1" != -- ]; do
  if [ -d "$1" ]; then mkdir "/sys/$n"; else : > "/sys/$n"; fi
  mount -n --rbind "$1" "/sys/$n"
  n=$((n + 1))
  shift
done
shift
exec "$@"`;

/** What one run shows of this machine. */
interface Shown {
  spec: SandboxSpec;
  toolchains: Toolchains;
  install?: InstallSettings;
}

/**
 * The words that make bwrap run as {@link NOBODY}, and the same run with sources that this user reaches: a toolchain
 * below /root, or a workspace below a folder of ours alone, is shown at another path first.
 */
export async function asNobody(shown: Shown): Promise<Shown & { prefix: string[] }> {
  const staged: string[] = [];
  const reachable = async (source: string): Promise<string> => {
    const real = await realpath(source);
    if (await isOpenToAll(dirname(real))) return real;
    return `/sys/${staged.push(real) - 1}`;
  };
  const moved = async (mounts: readonly SandboxMount[] | undefined) => {
    const list: SandboxMount[] = [];
    for (const { source, target = source } of mounts ?? [])
      list.push({ source: await reachable(source), target });
    return list;
  };
  const { spec, toolchains, install } = shown;
  const seen: Shown = {
    spec: {
      ...spec,
      workspace: await reachable(spec.workspace),
      readOnlyMounts: await moved(spec.readOnlyMounts),
      writableMounts: await moved(spec.writableMounts),
    },
    toolchains: { ...toolchains, mounts: await moved(toolchains.mounts) },
    ...(install ? { install: { ...install, mounts: await moved(install.mounts) } } : {}),
  };
  const become = [
    'setpriv', `--reuid=${NOBODY.uid}`, `--regid=${NOBODY.gid}`, '--clear-groups', '--inh-caps=-all', '--',
  ]; // prettier-ignore
  if (staged.length === 0) return { ...seen, prefix: become };
  const mounts = ['unshare', '--mount', '--propagation=private', '--', 'sh', '-c', STAGE, 'stage'];
  return { ...seen, prefix: [...mounts, ...staged, '--', ...become] };
}

/** True when everyone may pass through a folder and all above it. */
async function isOpenToAll(folder: string): Promise<boolean> {
  for (let path = folder; ; path = dirname(path)) {
    if (((await stat(path)).mode & 0o001) === 0) return false;
    if (path === dirname(path)) return true;
  }
}
