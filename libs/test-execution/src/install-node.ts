import { discoverToolchains } from '@hil/sandbox';
import { cp, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { type Installation, type Installed } from './prepare-dependencies.js';

const COMMANDS: Record<string, [string, ...string[]]> = {
  npm: ['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund'],
  pnpm: ['pnpm', 'install', '--frozen-lockfile', '--ignore-scripts'],
  yarn: ['yarn', 'install', '--frozen-lockfile', '--ignore-scripts'],
};
/** Tools keep caches inside node_modules; these folders stay writable while tests run. */
const CACHES = ['.cache', '.vite', '.vite-temp', '.vitest'];

/**
 * Installs in the tree itself (workspaces and file: dependencies need it) and then moves every
 * node_modules out to the cache, to be mounted read-only where it was.
 */
export async function installNode(installation: Installation): Promise<Installed> {
  const { suite, workspace, driver, folder } = installation;
  const none = { readOnlyMounts: [], writableMounts: [], env: {} };
  const plan = suite.installPlan;
  if (plan === null)
    return { status: 'nothing_to_install', message: 'Nothing to install.', ...none };
  const { found } = await discoverToolchains();
  if (plan.manager === 'pip' || found[plan.manager] === undefined) {
    return { status: 'not_run', message: `${plan.manager} not found on this machine`, ...none };
  }
  const argv: [string, ...string[]] = plan.summary.startsWith('npm install')
    ? ['npm', 'install', '--ignore-scripts', '--no-package-lock', '--no-audit', '--no-fund']
    : (COMMANDS[plan.manager] ?? ['npm', 'ci']);
  const problem = await installation.execute(argv, {
    network: 'install',
    env: { npm_config_cache: '/tmp/npm-cache', CI: 'true' },
  });
  if (problem !== null) {
    const status = problem.startsWith("dependencies can't") ? 'not_run' : 'failed';
    return { status, message: `${argv.join(' ')} failed: ${problem}`, ...none };
  }
  const message = `Installed with ${plan.summary}.`;
  const places = await nodeModulesBelow(workspace, '.');
  if (!driver.isolatesFilesystem) return { status: 'ready', message, ...none };

  const readOnlyMounts = [];
  const writableMounts = [];
  for (const place of places) {
    const kept = join(folder, 'tree', place);
    await mkdir(dirname(kept), { recursive: true });
    await move(join(workspace, place), kept);
    const target = posix.join(driver.workspacePath(workspace), place);
    readOnlyMounts.push({ source: kept, target });
    for (const cache of CACHES) {
      await mkdir(join(kept, cache), { recursive: true });
      const scratch = join(folder, 'caches', place, cache);
      await mkdir(scratch, { recursive: true });
      writableMounts.push({ source: scratch, target: posix.join(target, cache) });
    }
  }
  return { status: 'ready', message, readOnlyMounts, writableMounts, env: {} };
}

/** The outermost node_modules folders; real ones only, since a link could lead anywhere on this host. */
async function nodeModulesBelow(root: string, folder: string, depth = 0): Promise<string[]> {
  if (depth > 6) return [];
  const found: string[] = [];
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    if (!entry.isDirectory() || entry.name === '.git') continue;
    const path = posix.join(folder, entry.name);
    if (entry.name === 'node_modules') found.push(path);
    else found.push(...(await nodeModulesBelow(root, path, depth + 1)));
  }
  return found;
}

async function move(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : '';
    if (code !== 'EXDEV') throw error;
    await cp(from, to, { recursive: true, verbatimSymlinks: true });
    await rm(from, { recursive: true, force: true });
  }
}
