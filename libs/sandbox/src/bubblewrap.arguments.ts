import { existsSync, lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { join, posix } from 'node:path';
import { type InstallSettings } from './install-settings.js';
import { INSTALL_NAMESERVER } from './install-network.js';
import { tmpBytes } from './limits.js';
import { ID_VARIABLE } from './process-tree.js';
import { type SandboxSpec } from './sandbox.js';
import { type Toolchains } from './toolchains.js';

/** Where the workspace is inside: fixed, so that installed paths hold for every tree of a run. */
export const WORKSPACE = '/workspace';
const HOME = '/home/hil';
/** Programs that refuse to be root (Postgres, Chromium) work, and files stay owned by the caller. */
const UID = '1000';

/** Only what programs need to start; never private keys, shadow or settings with credentials. */
const ETC = [
  'alternatives', 'ca-certificates', 'crypto-policies', 'fonts', 'ld.so.cache', 'ld.so.conf',
  'ld.so.conf.d', 'localtime', 'timezone', 'mime.types', 'protocols', 'services', 'ssl/certs',
  'ssl/openssl.cnf', 'pki/tls/certs', 'pki/tls/openssl.cnf', 'pki/ca-trust', 'pki/java',
  'maven/m2.conf', 'maven/logging',
]; // prettier-ignore

/**
 * Settings and handles of the kernel. Owned by root, and started by root we are root to files that lie outside of
 * our user namespace: /proc/sys/kernel/core_pattern could name a program that the kernel runs as root, on the host.
 */
const PROC_READ_ONLY = ['bus', 'fs', 'irq', 'sys', 'sysrq-trigger'];
const PROC_HIDDEN_FILES = [
  'kcore', 'keys', 'key-users', 'kmsg', 'kpagecgroup', 'kpagecount', 'kpageflags', 'latency_stats', 'mtrr',
  'sched_debug', 'slabinfo', 'timer_list', 'timer_stats', 'vmallocinfo',
]; // prettier-ignore
const PROC_HIDDEN_FOLDERS = ['acpi', 'asound', 'driver', 'scsi'];

/** Arguments for bwrap, and the contents it reads from numbered descriptors. */
export interface BubblewrapCall {
  args: string[];
  /** Descriptor -> content, to be written and closed by the caller. */
  files: Map<number, string>;
}

export interface BubblewrapSetting {
  spec: SandboxSpec;
  toolchains: Toolchains;
  /** Present for the install phase. */
  install?: InstallSettings;
  /** bwrap writes its status here. */
  statusFd: number;
  /** bwrap waits for a byte here before it starts the command. */
  blockFd: number;
  /** First free descriptor for file contents. */
  firstFileFd: number;
  /** Words before the command, e.g. prlimit. */
  commandPrefix: string[];
}

/** Builds the whole command line of one run. Pure but for looking at which system folders exist. */
export function bubblewrapCall(setting: BubblewrapSetting): BubblewrapCall {
  const { spec, toolchains, install } = setting;
  const files = new Map<number, string>();
  let nextFd = setting.firstFileFd;
  const args: string[] = [];
  const data = (path: string, content: string) => {
    files.set(nextFd, content);
    args.push('--ro-bind-data', String(nextFd), path);
    nextFd += 1;
  };
  const tmpfs = (path: string) =>
    args.push('--perms', '1777', '--size', String(tmpBytes(spec)), '--tmpfs', path);

  args.push('--unshare-user', '--unshare-pid', '--unshare-ipc', '--unshare-uts');
  args.push('--unshare-cgroup-try', '--disable-userns', '--uid', UID, '--gid', UID);
  // In the install phase we are inside the network namespace made for it already.
  if (!install) args.push('--unshare-net');
  args.push('--hostname', 'sandbox', '--die-with-parent', '--new-session', '--clearenv');
  args.push('--json-status-fd', String(setting.statusFd), '--block-fd', String(setting.blockFd));

  args.push('--ro-bind', '/usr', '/usr');
  for (const name of ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32']) {
    const path = `/${name}`;
    if (!existsSync(path)) continue;
    if (lstatSync(path).isSymbolicLink()) args.push('--symlink', readlinkSync(path), path);
    else args.push('--ro-bind', path, path);
  }
  // Settings of the operator (npmrc with tokens) live here on some installations.
  for (const path of ['/usr/etc', '/usr/local/etc']) {
    if (existsSync(path)) args.push('--tmpfs', path, '--remount-ro', path);
  }
  const java = readdirSync('/etc').filter((name) => name.startsWith('java-'));
  for (const name of [...ETC, ...java]) args.push('--ro-bind-try', `/etc/${name}`, `/etc/${name}`);
  data('/etc/passwd', `hil:x:${UID}:${UID}::${HOME}:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n`);
  data('/etc/group', `hil:x:${UID}:\nnogroup:x:65534:\n`);
  data('/etc/hosts', '127.0.0.1 localhost sandbox\n::1 localhost\n');
  data('/etc/nsswitch.conf', 'passwd: files\ngroup: files\nhosts: files dns\n');
  if (install) data('/etc/resolv.conf', `nameserver ${INSTALL_NAMESERVER}\n`);

  args.push('--proc', '/proc', ...coveredProc(), '--dev', '/dev');
  tmpfs('/dev/shm');
  args.push('--remount-ro', '/dev');
  tmpfs('/tmp');
  tmpfs(HOME);
  if (install) {
    data(`${HOME}/.npmrc`, install.npmrc);
    if (install.mavenSettings !== null) data(`${HOME}/.m2/settings.xml`, install.mavenSettings);
  }
  args.push('--dir', '/var', '--symlink', '/tmp', '/var/tmp');

  for (const mount of [...toolchains.mounts, ...(install?.mounts ?? [])]) {
    args.push('--ro-bind', mount.source, mount.target ?? mount.source);
  }
  args.push('--bind', spec.workspace, WORKSPACE);
  for (const mount of spec.readOnlyMounts ?? []) {
    args.push('--ro-bind', mount.source, mount.target ?? mount.source);
  }
  for (const mount of spec.writableMounts ?? []) {
    args.push('--bind', mount.source, mount.target ?? mount.source);
  }
  args.push('--remount-ro', '/', '--chdir', posix.join(WORKSPACE, spec.cwd ?? '.'));

  const env: Record<string, string> = {
    PATH: toolchains.path.join(':'),
    HOME,
    TMPDIR: '/tmp',
    USER: 'hil',
    LOGNAME: 'hil',
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    ...toolchains.env,
    ...install?.env,
    ...spec.env,
    ...(spec.id === undefined ? {} : { [ID_VARIABLE]: spec.id }),
  };
  for (const [name, value] of Object.entries(env)) args.push('--setenv', name, value);
  args.push('--', ...setting.commandPrefix, ...spec.argv);
  return { args, files };
}

function coveredProc(): string[] {
  const there = (names: readonly string[]) =>
    names.map((name) => `/proc/${name}`).filter((path) => existsSync(path));
  return [
    ...there(PROC_READ_ONLY).flatMap((path) => ['--ro-bind', path, path]),
    ...there(PROC_HIDDEN_FILES).flatMap((path) => ['--ro-bind', '/dev/null', path]),
    ...there(PROC_HIDDEN_FOLDERS).flatMap((path) => ['--tmpfs', path, '--remount-ro', path]),
  ];
}

/** True when `cwd` stays below the workspace by its name; links inside can only lead to mounted paths. */
export function staysInside(cwd: string): boolean {
  const joined = join(WORKSPACE, cwd);
  return joined === WORKSPACE || joined.startsWith(`${WORKSPACE}/`);
}
