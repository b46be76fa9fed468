import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { JACOCO_REPORT, MAVEN_LINTERS, RESOLVED_PLUGINS, lintersIn, mavenWithoutChecks, namesPlugin } from '../checks/maven-linters.js'; // prettier-ignore
import { readRepositoryFile } from '../detect/repository-files.js';
import { REPORTERS } from '../frameworks/reporters.js';
import { type Installation, type Installed } from './installation.js';

/**
 * Fills a local repository by a build that selects no test: with this Maven resolves its plugins, the
 * test framework's provider and every dependency (dependency:go-offline misses what plugins load).
 */
export async function installMaven(installation: Installation): Promise<Installed> {
  const { suite, folder } = installation;
  const repository = join(folder, 'repository');
  await mkdir(repository, { recursive: true });
  const online = (linter: string | undefined, goals: readonly string[]) =>
    installation.execute(
      [
        suite.command[0],
        '--batch-mode',
        '--no-transfer-progress',
        `-Dmaven.repo.local=${repository}`,
        ...mavenWithoutChecks(linter),
        ...goals,
      ],
      { network: 'install', writable: [folder] },
    );
  const selecting = (test: string) =>
    online(undefined, [
      `-Dtest=${test}`,
      '-DfailIfNoTests=false',
      '-Dsurefire.failIfNoSpecifiedTests=false',
      'test',
    ]);
  // Where no class is selected, Surefire ends before it resolves its provider; old providers know no methods.
  const problem =
    (await selecting('*#hilSelectsNothing')) && (await selecting('HilSelectsNothing'));
  if (problem !== null) return failed('Resolving the Maven build', problem);
  const plugins: string[] = [];
  for (const [name, goals] of await pluginsApart(installation)) {
    // Tests do without it: what needs it then says that it is not there.
    if ((await online(name, goals)) === null) plugins.push(name);
  }
  return {
    status: 'ready',
    message: 'Maven plugins and dependencies resolved into a local repository.',
    readOnlyMounts: [{ source: repository }],
    writableMounts: [],
    env: { HIL_MAVEN_REPOSITORY: repository, [RESOLVED_PLUGINS]: plugins.join(' ') },
  };
}

/** Plugins that the build names and that a test run does not load, with their goals. */
async function pluginsApart({
  suite,
  workspace,
}: Installation): Promise<[string, readonly string[]][]> {
  const poms: string[] = [];
  for (const path of suite.installPlan?.inputs ?? [])
    poms.push((await readRepositoryFile(workspace, path)) ?? '');
  const build = poms.join('\n');
  return [
    ...lintersIn(build).map((name): [string, readonly string[]] => [name, MAVEN_LINTERS[name]]),
    ...(namesPlugin(build, 'jacoco')
      ? [['jacoco', [JACOCO_REPORT]] satisfies [string, string[]]]
      : []),
  ];
}

/** Lets Gradle (its wrapper fetches the distribution) resolve every configuration into a cache. */
export async function installGradle(installation: Installation): Promise<Installed> {
  const { suite, folder } = installation;
  const home = join(folder, 'home');
  await mkdir(home, { recursive: true });
  const [command] = suite.command;
  const argv: [string, ...string[]] = [
    ...(command.endsWith('gradlew') ? (['sh', command] as const) : ([command] as const)),
    '--no-daemon',
    '--console=plain',
    '--init-script',
    join(REPORTERS, 'gradle/resolve.gradle'),
    'testClasses',
    'hilResolve',
  ];
  const problem = await installation.execute(argv, {
    network: 'install',
    env: { GRADLE_USER_HOME: home },
    writable: [folder],
    readOnly: [REPORTERS],
  });
  if (problem !== null) return failed('Resolving the Gradle build', problem);
  const distribution = await gradleOfWrapper(home);
  return {
    status: 'ready',
    message: 'Gradle dependencies resolved into a cache.',
    readOnlyMounts: [{ source: home }],
    writableMounts: [],
    env: {
      HIL_GRADLE_CACHE: join(home, 'caches'),
      ...(distribution === null ? {} : { HIL_GRADLE: distribution }),
    },
  };
}

/** The Gradle that the wrapper unpacked: run directly, it needs no writable home of its own. */
async function gradleOfWrapper(home: string): Promise<string | null> {
  const distributions = join(home, 'wrapper/dists');
  for (const name of await readdir(distributions).catch(() => [])) {
    for (const hash of await readdir(join(distributions, name)).catch(() => [])) {
      const entries = await readdir(join(distributions, name, hash)).catch(() => []);
      const unpacked = entries.find(
        (entry) => /^gradle-[\d.]+/.test(entry) && !entry.includes('.zip'),
      );
      if (unpacked !== undefined) return join(distributions, name, hash, unpacked, 'bin/gradle');
    }
  }
  return null;
}

/** Restores NuGet packages; the restore of the test run itself finds them all and asks no server. */
export async function installDotnet(installation: Installation): Promise<Installed> {
  const packages = join(installation.folder, 'packages');
  await mkdir(packages, { recursive: true });
  const problem = await installation.execute(['dotnet', 'restore', '--nologo'], {
    network: 'install',
    env: { NUGET_PACKAGES: packages, DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1' },
    writable: [installation.folder],
  });
  if (problem !== null) return failed('dotnet restore', problem);
  return {
    status: 'ready',
    message: 'NuGet packages restored.',
    readOnlyMounts: [{ source: packages }],
    writableMounts: [],
    env: { NUGET_PACKAGES: packages },
  };
}

export async function installGo(installation: Installation): Promise<Installed> {
  const modules = join(installation.folder, 'modules');
  await mkdir(modules, { recursive: true });
  const problem = await installation.execute(['go', 'mod', 'download'], {
    network: 'install',
    env: {
      GOMODCACHE: modules,
      GOFLAGS: '-mod=mod -modcacherw',
      GOTOOLCHAIN: 'local',
      GOCACHE: '/tmp/go-build',
    },
    writable: [installation.folder],
  });
  if (problem !== null) return failed('go mod download', problem);
  return {
    status: 'ready',
    message: 'Go modules downloaded.',
    readOnlyMounts: [{ source: modules }],
    writableMounts: [],
    env: { GOMODCACHE: modules },
  };
}

export async function installCargo(installation: Installation): Promise<Installed> {
  const home = join(installation.folder, 'cargo');
  await mkdir(home, { recursive: true });
  const problem = await installation.execute(['cargo', 'fetch'], {
    network: 'install',
    env: { CARGO_HOME: home, CARGO_TERM_COLOR: 'never' },
    writable: [installation.folder],
  });
  if (problem !== null) return failed('cargo fetch', problem);
  return {
    status: 'ready',
    message: 'Crates fetched.',
    readOnlyMounts: [{ source: home }],
    writableMounts: [],
    env: { CARGO_HOME: home },
  };
}

/** The lines of `.hil.yml`: what they leave in the tree is there for the tests of this tree only. */
export async function installByCommand(installation: Installation): Promise<Installed> {
  const commands = installation.suite.installPlan?.commands ?? [];
  const problem = await installation.execute(['sh', '-ec', commands.join('\n')], {
    network: 'install',
    env: { CI: 'true', npm_config_cache: '/tmp/npm-cache', PIP_CACHE_DIR: '/tmp/pip-cache' },
  });
  if (problem !== null) return failed('The install commands of .hil.yml', problem);
  return {
    status: 'ready',
    message: 'Ran the install commands of .hil.yml.',
    readOnlyMounts: [],
    writableMounts: [],
    env: {},
    inTree: true,
  };
}

function failed(what: string, problem: string): Installed {
  return {
    status: problem.startsWith("dependencies can't") ? 'not_run' : 'failed',
    message: `${what} failed: ${problem}`,
    readOnlyMounts: [],
    writableMounts: [],
    env: {},
  };
}
