import { nodeInstallPlanAt } from '../detect/detect-node.js';
import { pythonInstallPlanAt } from '../detect/detect-python.js';
import { type InstallPlan, type TestFramework, type TestSuite } from '../suite.js';
import { type Check } from './check.js';

/** Frameworks whose installations bring nothing that a repository did not ask for. */
const INSTALLED_AS: Partial<Record<Check['needs'], TestFramework>> = {
  node: 'npm test',
  python: 'tox',
  dotnet: 'dotnet',
};

/**
 * What stands in for a suite where a repository has linters or compilers and no tests: the installation that
 * `check` needs, and nothing that runs. Null when there is nothing to install.
 */
export async function suiteForCheck(
  root: string,
  { needs, cwd, tool }: Pick<Check, 'needs' | 'cwd' | 'tool'>,
): Promise<TestSuite | null> {
  const framework = INSTALLED_AS[needs];
  const installPlan = await planFor(root, needs, cwd);
  if (framework === undefined || installPlan === null) return null;
  return {
    id: `${tool}@${cwd}`,
    framework,
    cwd,
    reason: `${tool} needs what is installed in ${cwd}`,
    command: [tool],
    installPlan,
  };
}

async function planFor(
  root: string,
  needs: Check['needs'],
  cwd: string,
): Promise<InstallPlan | null> {
  switch (needs) {
    case 'node':
      return nodeInstallPlanAt(root, cwd);
    case 'python':
      return pythonInstallPlanAt(root, cwd);
    case 'dotnet':
      return { manager: 'nuget', summary: 'dotnet restore', root: cwd, inputs: [] };
    default:
      // A Maven build is a suite itself.
      return null;
  }
}
