import { withFileLock } from '@hil/version-control';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dependencyKey } from './dependency-key.js';
import {
  installByCommand,
  installCargo,
  installDotnet,
  installGo,
  installGradle,
  installMaven,
} from './install-build-tools.js';
import { installNode } from './install-node.js';
import { installPython } from './install-python.js';
import { type Installation, type Installed } from './installation.js';
import { LineSplitter } from '../results/line-splitter.js';
import { withoutEscapes } from '../results/without-escapes.js';
import {
  INSTALL_LIMITS,
  type PackageInstaller,
  type PrepareDependenciesOptions,
  type PreparedDependencies,
} from '../suite.js';

const INSTALLERS: Record<PackageInstaller, (installation: Installation) => Promise<Installed>> = {
  npm: installNode,
  pnpm: installNode,
  yarn: installNode,
  pip: installPython,
  maven: installMaven,
  gradle: installGradle,
  nuget: installDotnet,
  go: installGo,
  cargo: installCargo,
  command: installByCommand,
};

/** What Maven says at the end of each failure, and what would hide what went wrong. */
const ADVICE =
  /^\[ERROR\] *(?:$|-> \[Help|\[Help \d|To see the full stack|Re-run Maven|For more information about|After correcting|mvn <args>)/;

let privateCache: Promise<string> | undefined;

/**
 * Installs what a suite needs, in the sandbox with the install network and without lifecycle scripts,
 * once per `dependencyKey`: who needs the same waits, also in another process. With nothing to install
 * there is no network phase. What can't be done here (a missing package manager, no network) is `not_run`
 * with the reason; a failing installation `failed`.
 */
export async function prepareDependencies(
  options: PrepareDependenciesOptions,
): Promise<PreparedDependencies> {
  const started = performance.now();
  const { suite, workspace, driver } = options;
  const finish = (installed: Installed, key: string | null, reused: boolean) => ({
    ...withoutPlace(installed),
    key,
    reused,
    durationMs: Math.round(performance.now() - started),
  });
  const nothing = { readOnlyMounts: [], writableMounts: [], env: {} };
  if (suite.notRun !== undefined) {
    return finish({ status: 'not_run', message: suite.notRun, ...nothing }, null, false);
  }
  const toolchains = await driver.toolchains(options.image);
  const plainKey = await dependencyKey(workspace, suite, toolchains);
  if (plainKey === null || suite.installPlan === null) {
    const message = 'Nothing to install.';
    return finish({ status: 'nothing_to_install', message, ...nothing }, null, false);
  }
  const { manager } = suite.installPlan;
  // Installed paths hold for this tree only where it is not mounted at a fixed path; so does what the lines
  // of a repository leave in it, and no other tree has to wait for that.
  const place =
    driver.isolatesFilesystem && manager !== 'command'
      ? ''
      : `-${createHash('sha256').update(workspace).digest('hex').slice(0, 16)}`;
  privateCache ??= mkdtemp(join(tmpdir(), 'hil-dependencies-'));
  const cache = options.cacheDir ?? (await privateCache);
  const folder = join(cache, `${driver.name}-${plainKey.slice(0, 40)}${place}`);
  const record = join(folder, 'installed.json');
  const earlier = await readInstalled(record);
  if (earlier !== null) return finish(earlier, plainKey, true);
  const fresh = { ...options, key: plainKey, folder };
  return withFileLock(`${folder}.lock`, options.signal, async () => {
    const others = await readInstalled(record);
    if (others !== null) return finish(others, plainKey, true);
    return finish(await install(fresh, INSTALLERS[manager], record), plainKey, false);
  });
}

/** Installs into an empty folder. Only a whole installation stays there, with its record. */
async function install(
  options: PrepareDependenciesOptions & Pick<Installation, 'key' | 'folder'>,
  installer: (installation: Installation) => Promise<Installed>,
  record: string,
): Promise<Installed> {
  const { suite, workspace, driver, folder } = options;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const installation: Installation = {
    ...options,
    execute: async (argv, { network, env, writable = [], readOnly = [] }) => {
      const tail: string[] = [];
      const splitters = {
        stdout: new LineSplitter((line) => log(line, 'stdout')),
        stderr: new LineSplitter((line) => log(line, 'stderr')),
      };
      const log = (raw: string, stream: 'stdout' | 'stderr') => {
        const line = withoutEscapes(raw);
        if (!ADVICE.test(line)) tail.push(line);
        if (tail.length > 12) tail.shift();
        options.onLog?.(line, stream);
      };
      const result = await driver[network === 'install' ? 'prepare' : 'run'](
        {
          ...INSTALL_LIMITS,
          ...options.limits,
          workspace,
          ...(options.id === undefined ? {} : { id: options.id }),
          ...(options.image === undefined ? {} : { image: options.image }),
          argv,
          cwd: suite.installPlan?.root ?? '.',
          ...(env ? { env } : {}),
          readOnlyMounts: readOnly.map((source) => ({ source })),
          writableMounts: writable.map((source) => ({ source })),
          onOutput: (stream, chunk) => {
            splitters[stream].write(chunk);
            return options.room?.();
          },
        },
        options.signal ? { signal: options.signal } : {},
      );
      splitters.stdout.end();
      splitters.stderr.end();
      if (result.reason === 'exited' && result.exitCode === 0) return null;
      return result.message ?? `exit code ${result.exitCode}: ${tail.join('\n').trim()}`;
    },
  };
  const installed = await installer(installation);
  const aborted = options.signal?.aborted === true;
  const done = installed.status === 'ready' || installed.status === 'nothing_to_install';
  const kept = installed.inTree !== true;
  if (done && kept && !aborted) {
    // Written last and in one step: an installation that was cut off has no record.
    await writeFile(`${record}.new`, JSON.stringify(installed));
    await rename(`${record}.new`, record);
  } else {
    await rm(folder, { recursive: true, force: true });
  }
  options.signal?.throwIfAborted();
  return installed;
}

function withoutPlace({ inTree: _inTree, ...installed }: Installed): Omit<Installed, 'inTree'> {
  return installed;
}

async function readInstalled(record: string): Promise<Installed | null> {
  try {
    return JSON.parse(await readFile(record, 'utf8')) as Installed;
  } catch {
    return null;
  }
}
