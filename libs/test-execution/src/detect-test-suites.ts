import { discoverToolchains } from '@hil/sandbox';
import { posix } from 'node:path';
import { detectNodeSuites } from './detect-node.js';
import { detectPythonSuites } from './detect-python.js';
import { findRepositoryFiles } from './repository-files.js';
import { type TestSuite } from './suite.js';

export interface DetectOptions {
  /** Posix path of the package of a monorepo to look at; default the whole repository. */
  projectPath?: string;
}

/**
 * Finds the test suites of a tree by reading files alone: nothing of the repository runs.
 * Suites whose toolchain is missing on this machine are in the list with `notRun`.
 * An empty list means that the repository has no tests we know of.
 */
export async function detectTestSuites(
  dir: string,
  options: DetectOptions = {},
): Promise<TestSuite[]> {
  const start = posix.normalize(options.projectPath?.replace(/\/+$/, '') || '.');
  if (start.startsWith('..') || posix.isAbsolute(start)) return [];
  const suites = [
    ...(await detectNodeSuites(dir, start)),
    ...(await detectPythonSuites(dir, start)),
    ...(await detectBuildToolSuites(dir, start)),
  ];
  const { found } = await discoverToolchains();
  return suites.map((suite) => {
    const manager = suite.installPlan?.manager;
    if ((manager === 'pnpm' || manager === 'yarn') && found[manager] === undefined) {
      return {
        ...suite,
        notRun: `${manager} not found on this machine; install it to run these tests`,
      };
    }
    if ((suite.framework === 'pytest' || suite.framework === 'unittest') && !found.python3) {
      return { ...suite, notRun: 'python3 not found on this machine' };
    }
    return suite;
  });
}

/** Maven and .NET projects: named, and why they don't run here. */
async function detectBuildToolSuites(dir: string, start: string): Promise<TestSuite[]> {
  const prefix = start === '.' ? '' : `${start}/`;
  const files = await findRepositoryFiles(
    dir,
    (name, path) =>
      path.startsWith(prefix) && (name === 'pom.xml' || /\.(sln|csproj|fsproj)$/.test(name)),
    3,
  );
  const { found } = await discoverToolchains();
  const suites: TestSuite[] = [];
  const pom = files.find((path) => path === posix.join(start, 'pom.xml'));
  if (pom !== undefined) {
    suites.push({
      id: `maven@${start}`,
      framework: 'maven',
      cwd: start,
      reason: `${pom} is a Maven project`,
      command: ['mvn', 'test'],
      installPlan: null,
      notRun: found.mvn
        ? 'Maven tests need plugins and dependencies from a local repository, and none is prepared for the sandbox'
        : 'Maven (mvn) not found on this machine',
    });
  }
  const dotnet = files.find((path) => /\.(sln|csproj|fsproj)$/.test(path));
  if (dotnet !== undefined) {
    suites.push({
      id: `dotnet@${start}`,
      framework: 'dotnet',
      cwd: start,
      reason: `${dotnet} is a .NET project`,
      command: ['dotnet', 'test'],
      installPlan: null,
      notRun: found.dotnet
        ? '.NET tests need restored packages, and none are prepared for the sandbox'
        : 'dotnet SDK not found on this machine',
    });
  }
  return suites;
}
