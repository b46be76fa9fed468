import { execFile } from 'node:child_process';
import { access, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { findExecutable } from './find-executable.js';
import { type SandboxMount } from './sandbox.js';

const run = promisify(execFile);

/** The language toolchains of this machine, as a sandbox can show them. */
export interface Toolchains {
  /** Folders outside the system folders, to be mounted read-only at the same path. */
  mounts: SandboxMount[];
  /** Search path inside. */
  path: string[];
  /** e.g. JAVA_HOME. */
  env: Record<string, string>;
  /** Name -> executable inside, for what was found. */
  found: Partial<Record<ToolName, string>>;
  /** Changes when what is found changes: part of the key of whatever was installed with it. */
  fingerprint: string;
}

export type ToolName =
  | 'node'
  | 'npm'
  | 'pnpm'
  | 'yarn'
  | 'python3'
  | 'java'
  | 'mvn'
  | 'gradle'
  | 'dotnet'
  | 'go'
  | 'cargo';

const SYSTEM_PATH = ['/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin'];

let discovered: Promise<Toolchains> | undefined;

/**
 * Finds node (the one that runs us), npm, pnpm, yarn, python3, java, mvn, gradle, dotnet, go and
 * cargo, once per process. Shims (pyenv) are resolved by asking the interpreter itself.
 */
export function discoverToolchains(): Promise<Toolchains> {
  discovered ??= discover();
  return discovered;
}

async function discover(): Promise<Toolchains> {
  const prefixes = new Map<string, string>();
  const found: Toolchains['found'] = {};
  const env: Record<string, string> = {};
  const add = (prefix: string, bin: string) => {
    if (isMountable(prefix)) prefixes.set(prefix, bin);
  };

  const node = await realpath(process.execPath);
  found.node = node;
  add(dirname(dirname(node)), dirname(node));

  for (const name of ['npm', 'pnpm', 'yarn'] as const) {
    // Beside node first: that is the pair that was installed together.
    const beside = join(dirname(node), name);
    const file = (await exists(beside)) ? beside : await findExecutable(name);
    if (file === null) continue;
    found[name] = file;
    const real = await realpath(file);
    const packageRoot = real.includes('/node_modules/')
      ? dirname(dirname(real.slice(0, real.indexOf('/node_modules/'))))
      : dirname(real);
    add(packageRoot, dirname(file));
  }

  const python = await askPython();
  if (python !== null) {
    found.python3 = python.executable;
    add(python.prefix, dirname(python.executable));
  }

  const java = process.env['JAVA_HOME']
    ? await findExecutable('java', join(process.env['JAVA_HOME'], 'bin'))
    : await findExecutable('java');
  if (java !== null) {
    found.java = java;
    env['JAVA_HOME'] = dirname(dirname(java));
    add(dirname(dirname(java)), dirname(java));
  }
  for (const name of ['mvn', 'gradle', 'go'] as const) {
    const file = await findExecutable(name);
    if (file === null) continue;
    found[name] = file;
    add(dirname(dirname(file)), dirname(file));
  }
  const dotnet = await findExecutable('dotnet');
  if (dotnet !== null) {
    found.dotnet = dotnet;
    env['DOTNET_ROOT'] = dirname(dotnet);
    add(dirname(dotnet), dirname(dotnet));
  }
  const cargo = await findExecutable('cargo');
  if (cargo !== null && basename(cargo) === 'cargo') {
    found.cargo = cargo;
    add(dirname(dirname(cargo)), dirname(cargo));
  }

  const outside = [...prefixes].filter(([prefix]) => !isSystem(prefix));
  return {
    mounts: outside.map(([source]) => ({ source })),
    path: [...new Set([...outside.map(([, bin]) => bin), ...SYSTEM_PATH])],
    env,
    found,
    fingerprint: JSON.stringify([process.version, process.arch, found]),
  };
}

/** The interpreter behind `python3`, past shims and virtual environments. */
async function askPython(): Promise<{ executable: string; prefix: string } | null> {
  const script =
    'import sys, json; print(json.dumps([sys.base_prefix, "%d.%d" % sys.version_info[:2]]))';
  for (const name of ['python3', '/usr/bin/python3']) {
    try {
      const { stdout } = await run(name, ['-I', '-c', script], { timeout: 10_000, cwd: '/' });
      const answer: unknown = JSON.parse(stdout);
      if (!Array.isArray(answer) || typeof answer[0] !== 'string') continue;
      const prefix = await realpath(answer[0]);
      for (const file of [`python${String(answer[1])}`, 'python3']) {
        const executable = join(prefix, 'bin', file);
        if (await exists(executable)) return { executable, prefix };
      }
    } catch {
      // No such interpreter, or a shim that points nowhere.
    }
  }
  return null;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function isSystem(path: string): boolean {
  return path === '/usr' || path.startsWith('/usr/');
}

/** A prefix such as `/` or the home folder would show far more than a toolchain. */
function isMountable(prefix: string): boolean {
  const home = homedir();
  const wide = ['/', '/home', '/root', '/opt', '/var', '/etc', '/tmp', '/mnt', '/srv'];
  return !wide.includes(prefix) && prefix !== home && !`${home}/`.startsWith(`${prefix}/`);
}
