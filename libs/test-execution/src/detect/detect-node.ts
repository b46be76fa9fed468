import { posix } from 'node:path';
import { type PackageJson, scriptedSuites } from './package-scripts.js';
import { findRepositoryFiles, isBelow, readRepositoryFile } from './repository-files.js';
import { type InstallPlan, type TestFramework, type TestSuite } from '../suite.js';

const LOCKS: Record<string, InstallPlan['manager']> = {
  'package-lock.json': 'npm',
  'npm-shrinkwrap.json': 'npm',
  'pnpm-lock.yaml': 'pnpm',
  'yarn.lock': 'yarn',
};
const INSTALL_INPUTS = new Set([
  ...Object.keys(LOCKS), 'package.json', '.npmrc', '.yarnrc', '.yarnrc.yml', 'pnpm-workspace.yaml',
]); // prettier-ignore

/** Suites of the packages at `start` and, when that one has none, below it. */
export async function detectNodeSuites(root: string, start: string): Promise<TestSuite[]> {
  const packages = (await findRepositoryFiles(root, (name) => name === 'package.json', 4)).map(
    (path) => posix.dirname(path),
  );
  const here = packages.filter((folder) => folder === start);
  const below = packages.filter((folder) => folder !== start && isBelow(folder, start));
  for (const folders of [here, below]) {
    const suites: TestSuite[] = [];
    for (const folder of folders) suites.push(...(await suitesOf(root, folder)));
    if (suites.length > 0) return suites;
  }
  return [];
}

async function suitesOf(root: string, cwd: string): Promise<TestSuite[]> {
  const manifest = await readPackageJson(root, cwd);
  if (manifest === null) return [];
  const where = posix.join(cwd, 'package.json');
  const scripted = scriptedSuites(manifest.scripts ?? {});
  const installPlan = await nodeInstallPlan(root, cwd, manifest);
  if (scripted.length > 0) {
    const calls = new Map<string, number>();
    return scripted.map(({ framework, script }) => {
      const call = (calls.get(framework) ?? 0) + 1;
      calls.set(framework, call);
      return {
        id: `${framework}@${cwd}${call === 1 ? '' : ` (${call})`}`,
        framework,
        cwd,
        reason: `${where}: scripts.test runs ${framework === 'npm test' ? script : framework}`,
        command: ['npm', 'test'],
        script,
        installPlan,
      };
    });
  }
  const installed = { ...manifest.dependencies, ...manifest.devDependencies };
  const calls: [TestFramework, string][] = [
    ['jest', 'jest'],
    ['vitest', 'vitest run'],
    ['mocha', 'mocha'],
    ['ava', 'ava'],
  ];
  for (const [framework, script] of calls) {
    if (installed[framework] === undefined) continue;
    const reason = `${where}: depends on ${framework} and has no test script`;
    const command = ['npx', ...script.split(' ')] as [string, ...string[]];
    return [{ id: `${framework}@${cwd}`, framework, cwd, reason, command, script, installPlan }];
  }
  const prefix = cwd === '.' ? '' : `${cwd}/`;
  const files = await findRepositoryFiles(
    root,
    (name, path) =>
      path.startsWith(prefix) &&
      (/[._-]test\.[cm]?js$/.test(name) || /(^|\/)test\/[^/]+\.[cm]?js$/.test(path)),
    4,
  );
  for (const file of files) {
    if (!/['"]node:test['"]/.test((await readRepositoryFile(root, file)) ?? '')) continue;
    return [
      {
        id: `node:test@${cwd}`,
        framework: 'node:test',
        cwd,
        reason: `${file} uses node:test and ${where} has no test script`,
        command: ['node', '--test'],
        script: 'node --test',
        installPlan,
      },
    ];
  }
  return [];
}

async function readPackageJson(root: string, folder: string): Promise<PackageJson | null> {
  const text = await readRepositoryFile(root, posix.join(folder, 'package.json'));
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as PackageJson) : null;
  } catch {
    return null;
  }
}

/** How the package in `cwd` is installed; null where there is none, or nothing to install. */
export async function nodeInstallPlanAt(root: string, cwd: string): Promise<InstallPlan | null> {
  const manifest = await readPackageJson(root, cwd);
  return manifest === null ? null : nodeInstallPlan(root, cwd, manifest);
}

/** The installation starts at the nearest folder upwards that holds a lock file or workspaces. */
async function nodeInstallPlan(
  root: string,
  cwd: string,
  own: PackageJson,
): Promise<InstallPlan | null> {
  let at = cwd;
  let manifest: PackageJson = own;
  for (let folder = cwd; ; folder = posix.dirname(folder)) {
    const current = await readPackageJson(root, folder);
    const lock = await lockIn(root, folder);
    if (lock !== null || current?.workspaces !== undefined) {
      at = folder;
      manifest = current ?? own;
      break;
    }
    if (folder === '.') break;
  }
  const lock = await lockIn(root, at);
  const needs = { ...own.dependencies, ...own.devDependencies, ...own.optionalDependencies };
  if (Object.keys(needs).length === 0 && manifest.workspaces === undefined) {
    const locked = { ...manifest.dependencies, ...manifest.devDependencies };
    if (Object.keys(locked).length === 0) return null;
  }
  const prefix = at === '.' ? '' : `${at}/`;
  const inputs = await findRepositoryFiles(
    root,
    (name, path) => INSTALL_INPUTS.has(name) && path.startsWith(prefix),
    5,
  );
  const manager = lock === null ? 'npm' : (LOCKS[lock] ?? 'npm');
  const version =
    versionOf(manager, manifest.packageManager) ??
    (manager === 'yarn' ? await yarnVersion(root, at) : undefined);
  return {
    manager,
    summary: installSummary(manager, lock),
    root: at,
    inputs,
    ...(version === undefined ? {} : { version }),
  };
}

/** `pnpm@10.1.0+sha512.abc` -> `10.1.0`, when it is of this manager. */
function versionOf(manager: string, field: unknown): string | undefined {
  if (typeof field !== 'string') return undefined;
  return /^(\w+)@(\d+\.\d+\.\d+(?:-[\w.-]+)?)/
    .exec(field)
    ?.slice(1)
    .join('@')
    .startsWith(`${manager}@`)
    ? /@(\d[^+]*)/.exec(field)?.[1]
    : undefined;
}

/** Lock files of Yarn 2 and later say so; 4 reads them all. */
async function yarnVersion(root: string, folder: string): Promise<string | undefined> {
  const lock = await readRepositoryFile(root, posix.join(folder, 'yarn.lock'));
  return /^__metadata:/m.test(lock ?? '') ? '4.4.1' : undefined;
}

async function lockIn(root: string, folder: string): Promise<string | null> {
  for (const name of Object.keys(LOCKS)) {
    if ((await readRepositoryFile(root, posix.join(folder, name))) !== null) return name;
  }
  return null;
}

function installSummary(manager: InstallPlan['manager'], lock: string | null): string {
  if (manager === 'pnpm') return 'pnpm install --frozen-lockfile --ignore-scripts';
  if (manager === 'yarn') return 'yarn install --frozen-lockfile --ignore-scripts';
  return lock === null
    ? 'npm install --ignore-scripts --no-package-lock'
    : 'npm ci --ignore-scripts';
}
