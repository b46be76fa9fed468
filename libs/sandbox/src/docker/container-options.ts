import { type ContainerCreateOptions, type HostConfig } from 'dockerode';
import { posix } from 'node:path';
import { type InstallSettings } from '../install-settings.js';
import { diskMb, tmpBytes } from '../limits.js';
import { type SandboxMount, type SandboxSpec } from '../sandbox.js';
import { ID_LABEL, LABEL, type RunLabels } from './labels.js';

export const WORKSPACE = '/workspace';
export const HOME = '/home/hil';
/** Where files of ours are shown inside: settings of package managers, never secrets. */
const SETTINGS = '/run/hil';
/** Exit code and first words of {@link SUPERVISOR} when the command can't be started. */
export const NOT_FOUND = 127;
export const NOT_FOUND_TEXT = 'hil-sandbox: not found: ';

/**
 * The first process of a container. It waits for a byte (so that limits and network are there before the
 * command), collects orphans, and passes TERM on to everything, which process 1 would ignore (a TERM ends
 * `wait` too, hence the loop; the first `wait` also knows a child the shell has collected). `$1` is the
 * folder whose files go to HOME, or empty.
 */
const SUPERVISOR = `
read -r _ || exit 125
[ -z "$1" ] || cp -R "$1/." "$HOME/"
shift
command -v -- "$1" >/dev/null 2>&1 || { echo "${NOT_FOUND_TEXT}$1" >&2; exit ${NOT_FOUND}; }
trap 'kill -TERM -1' TERM
"$@" </dev/null &
child=$!
wait $child
code=$?
while [ $code -gt 128 ] && kill -0 $child 2>/dev/null; do wait $child; code=$?; done
exit $code
`;

export interface ContainerSetting {
  spec: SandboxSpec;
  image: string;
  /** Volumes the image declares: without a mount of ours each would be disk without a limit. */
  imageVolumes: readonly string[];
  user: { uid: number; gid: number };
  labels: RunLabels;
  /** Host folder with `passwd`, `group` and, for an installation, `home/` and `resolv.conf`. */
  scratch: string;
  /** `none`, or a Docker network for an installation. */
  network: string;
  install?: InstallSettings;
  /** OCI runtime of the operator, e.g. runsc. */
  runtime?: string;
}

/** The whole description of a container. Pure; every restriction of the driver is in this one place. */
export function containerOptions(setting: ContainerSetting): ContainerCreateOptions {
  const { spec, install, user } = setting;
  const bytes = spec.memoryMb * 1024 * 1024;
  const file = diskMb(spec) * 1024 * 1024;
  const tmpfs = `rw,exec,nosuid,nodev,size=${tmpBytes(spec)},mode=1777`;
  const covered = setting.imageVolumes.filter((path) => path !== WORKSPACE && path !== '/tmp');
  const host: HostConfig = {
    NetworkMode: setting.network,
    ReadonlyRootfs: true,
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges'],
    IpcMode: 'private',
    Memory: bytes,
    // The same number: no swap on top.
    MemorySwap: bytes,
    PidsLimit: spec.pids,
    NanoCpus: Math.round(spec.cpus * 1e9),
    Ulimits: [
      { Name: 'core', Soft: 0, Hard: 0 },
      { Name: 'fsize', Soft: file, Hard: file },
    ],
    Tmpfs: Object.fromEntries(['/tmp', HOME, ...covered].map((path) => [path, tmpfs])),
    ShmSize: tmpBytes(spec),
    // Output goes to us; the daemon would also write it to a file of any size.
    LogConfig: { Type: 'none', Config: {} },
    // When the machine runs out of memory, this goes first.
    OomScoreAdj: 500,
    AutoRemove: false,
    Mounts: mounts(setting).map(({ source, target = source, readOnly }) => ({
      Type: 'bind' as const,
      Source: source,
      Target: target,
      ReadOnly: readOnly,
      BindOptions: { Propagation: 'rprivate' as const },
    })),
    ...(setting.runtime === undefined ? {} : { Runtime: setting.runtime }),
  };
  const settings = install ? `${SETTINGS}/home` : '';
  return {
    Image: setting.image,
    Entrypoint: ['/bin/sh', '-c', SUPERVISOR, 'sandbox', settings],
    Cmd: [...spec.argv],
    User: `${user.uid}:${user.gid}`,
    Hostname: 'sandbox',
    WorkingDir: posix.join(WORKSPACE, spec.cwd ?? '.'),
    Env: environment(setting),
    Labels: {
      [LABEL]: '1',
      ...setting.labels,
      ...(spec.id === undefined ? {} : { [ID_LABEL]: spec.id }),
    },
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: false,
    // Not an image's idea of health: it would run a program of its own in here.
    Healthcheck: { Test: ['NONE'] },
    HostConfig: host,
  };
}

function mounts(setting: ContainerSetting): (SandboxMount & { readOnly: boolean })[] {
  const { spec, install, scratch } = setting;
  const readOnly = (list: readonly SandboxMount[]) =>
    list.map((mount) => ({ ...mount, readOnly: true }));
  return [
    { source: spec.workspace, target: WORKSPACE, readOnly: false },
    ...readOnly([
      { source: `${scratch}/passwd`, target: '/etc/passwd' },
      { source: `${scratch}/group`, target: '/etc/group' },
      ...(install ? [{ source: `${scratch}/home`, target: `${SETTINGS}/home` }] : []),
      ...(install && setting.network === 'none'
        ? [{ source: `${scratch}/resolv.conf`, target: '/etc/resolv.conf' }]
        : []),
      ...(install?.mounts ?? []),
      ...(spec.readOnlyMounts ?? []),
    ]),
    ...(spec.writableMounts ?? []).map((mount) => ({ ...mount, readOnly: false })),
  ];
}

/** Added to what the image sets, PATH above all. */
function environment({ spec, install }: ContainerSetting): string[] {
  const own: Record<string, string> = {
    HOME,
    TMPDIR: '/tmp',
    USER: 'hil',
    LOGNAME: 'hil',
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    ...install?.env,
    ...spec.env,
  };
  return Object.entries(own).map(([name, value]) => `${name}=${value}`);
}
