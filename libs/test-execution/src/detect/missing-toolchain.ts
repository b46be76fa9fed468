import { type SandboxDriver, type ToolName, type Toolchains } from '@hil/sandbox';
import { type TestFramework, type TestSuite } from '../suite.js';

const NEEDS: Partial<Record<TestFramework, { tools: ToolName[]; name: string }>> = {
  pytest: { tools: ['python3'], name: 'python3' },
  unittest: { tools: ['python3'], name: 'python3' },
  tox: { tools: ['python3'], name: 'python3' },
  nox: { tools: ['python3'], name: 'python3' },
  maven: { tools: ['java', 'mvn'], name: 'a JDK and Maven (mvn)' },
  gradle: { tools: ['java'], name: 'a JDK' },
  dotnet: { tools: ['dotnet'], name: 'dotnet SDK' },
  go: { tools: ['go'], name: 'Go' },
  cargo: { tools: ['cargo'], name: 'cargo' },
};

/** Where a missing toolchain was looked for, as the sentence ends. */
export function placeOf(driver: Pick<SandboxDriver, 'name'> | null): string {
  return driver?.name === 'docker' ? 'in sandbox image' : 'on this machine';
}

/** Marks the suites whose toolchain is not there: they are listed, and say why they don't run. */
export function withMissingToolchains(
  suites: readonly TestSuite[],
  { found }: Pick<Toolchains, 'found'>,
  where: string,
): TestSuite[] {
  return suites.map((suite) => {
    if (suite.notRun !== undefined) return suite;
    const needs = NEEDS[suite.framework];
    if (needs !== undefined && needs.tools.some((tool) => found[tool] === undefined)) {
      return { ...suite, notRun: `${needs.name} not found ${where}` };
    }
    if (suite.framework === 'gradle' && suite.command[0] === 'gradle' && !found.gradle) {
      return { ...suite, notRun: `gradle not found ${where}, and the repository has no wrapper` };
    }
    return suite;
  });
}
