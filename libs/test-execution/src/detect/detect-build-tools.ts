import { posix } from 'node:path';
import { findRepositoryFiles, isBelow, readRepositoryFile } from './repository-files.js';
import { type InstallPlan, type TestSuite } from '../suite.js';

/** Maven and Gradle builds: the outermost build file of each tree, since it runs its modules. */
export async function detectJvmSuites(root: string, start: string): Promise<TestSuite[]> {
  const suites: TestSuite[] = [];
  const poms = await buildFiles(root, start, (name) => name === 'pom.xml');
  for (const pom of outermost(poms)) {
    const cwd = posix.dirname(pom);
    const wrapper = await readRepositoryFile(root, posix.join(cwd, 'mvnw'));
    const inputs = poms.filter((path) => isBelow(path, cwd));
    suites.push({
      id: `maven@${cwd}`,
      framework: 'maven',
      cwd,
      reason: `${pom} is a Maven build${wrapper === null ? '' : ' with a wrapper'}`,
      command: ['mvn', 'test'],
      installPlan: plan('maven', 'mvn test with no test selected, online', cwd, inputs),
    });
  }
  const builds = await buildFiles(root, start, (name) =>
    /^(build|settings)\.gradle(\.kts)?$/.test(name),
  );
  for (const build of outermost(builds)) {
    const cwd = posix.dirname(build);
    if (suites.some((suite) => suite.cwd === cwd)) continue;
    const wrapper = (await readRepositoryFile(root, posix.join(cwd, 'gradlew'))) !== null;
    const inputs = await buildFiles(
      root,
      cwd,
      (name, path) =>
        /\.gradle(\.kts)?$|^gradle\.properties$|^gradle-wrapper\.properties$|\.versions\.toml$/.test(
          name,
        ) && isBelow(path, cwd),
    );
    suites.push({
      id: `gradle@${cwd}`,
      framework: 'gradle',
      cwd,
      reason: `${build} is a Gradle build${wrapper ? ' with a wrapper' : ''}`,
      command: [wrapper ? './gradlew' : 'gradle', 'test'],
      installPlan: plan('gradle', 'gradle testClasses, online', cwd, inputs),
    });
  }
  return suites;
}

/** A solution, else each test project. */
export async function detectDotnetSuites(root: string, start: string): Promise<TestSuite[]> {
  const projects = await buildFiles(root, start, (name) => /\.(csproj|fsproj|vbproj)$/.test(name));
  const tests: string[] = [];
  for (const path of projects) {
    const text = (await readRepositoryFile(root, path)) ?? '';
    if (/Microsoft\.NET\.Test\.Sdk|<IsTestProject>\s*true|MSTest\.Sdk|TUnit/i.test(text))
      tests.push(path);
  }
  if (tests.length === 0) return [];
  const solutions = await buildFiles(root, start, (name) => /\.slnx?$/.test(name));
  const solution = outermost(solutions)[0];
  const inputs = [...projects, ...(await buildFiles(root, start, (name) =>
    /^(Directory\.(Build|Packages)\.props|global\.json|nuget\.config|packages\.lock\.json)$/i.test(name),
  ))]; // prettier-ignore
  return (solution === undefined ? tests : [solution]).map((target) => {
    const cwd = posix.dirname(target);
    return {
      id: `dotnet@${cwd}`,
      framework: 'dotnet',
      cwd,
      reason:
        solution === undefined
          ? `${target} is a test project`
          : `${solution} with the test ${tests.length === 1 ? 'project' : 'projects'} ${tests.slice(0, 3).join(', ')}`,
      command: ['dotnet', 'test', posix.basename(target)],
      installPlan: plan('nuget', 'dotnet restore', cwd, inputs),
    };
  });
}

/** Go modules that have a test file. */
export async function detectGoSuites(root: string, start: string): Promise<TestSuite[]> {
  const files = await buildFiles(
    root,
    start,
    (name) => name === 'go.mod' || name.endsWith('_test.go'),
  );
  const suites: TestSuite[] = [];
  for (const mod of files.filter((path) => posix.basename(path) === 'go.mod')) {
    const cwd = posix.dirname(mod);
    const text = (await readRepositoryFile(root, mod)) ?? '';
    const module = /^module\s+(\S+)/m.exec(text)?.[1] ?? '';
    const example = files.find((path) => path.endsWith('_test.go') && isBelow(path, cwd));
    if (example === undefined) continue;
    const needs = /^require\b/m.test(text);
    suites.push({
      id: `go@${cwd}`,
      framework: 'go',
      cwd,
      reason: `${mod} is a Go module, ${example} a test file`,
      command: ['go', 'test', './...', module],
      installPlan: needs
        ? plan('go', 'go mod download', cwd, [mod, posix.join(cwd, 'go.sum')])
        : null,
    });
  }
  return suites;
}

/** Cargo workspaces and crates. */
export async function detectCargoSuites(root: string, start: string): Promise<TestSuite[]> {
  const manifests = await buildFiles(root, start, (name) => name === 'Cargo.toml');
  return outermost(manifests).map((path) => {
    const cwd = posix.dirname(path);
    const inputs = [...manifests.filter((one) => isBelow(one, cwd)), posix.join(cwd, 'Cargo.lock')];
    return {
      id: `cargo@${cwd}`,
      framework: 'cargo',
      cwd,
      reason: `${path} is a Cargo package`,
      command: ['cargo', 'test'],
      installPlan: plan('cargo', 'cargo fetch', cwd, inputs),
    };
  });
}

function plan(
  manager: InstallPlan['manager'],
  summary: string,
  root: string,
  inputs: string[],
): InstallPlan {
  return { manager, summary, root, inputs: [...new Set(inputs)].sort() };
}

function buildFiles(
  root: string,
  start: string,
  wanted: (name: string, path: string) => boolean,
): Promise<string[]> {
  return findRepositoryFiles(root, (name, path) => isBelow(path, start) && wanted(name, path), 6);
}

/** Files that have no other one of the list in a folder above theirs. */
function outermost(paths: readonly string[]): string[] {
  const folders = [...new Set(paths.map((path) => posix.dirname(path)))];
  const outer = folders.filter(
    (folder) => !folders.some((other) => other !== folder && isBelow(`${folder}/`, other)),
  );
  return outer.flatMap((folder) => paths.find((path) => posix.dirname(path) === folder) ?? []);
}
