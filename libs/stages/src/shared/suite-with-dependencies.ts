import type { Check, TestSuite } from '@hil/test-execution';

const MANAGERS: Record<Check['needs'], readonly string[]> = {
  node: ['npm', 'pnpm', 'yarn'],
  python: ['pip'],
  maven: ['maven'],
  dotnet: ['nuget'],
  none: [],
};

/** The suite of the same language whose installation covers the folder that a tool runs in. */
export function suiteWithDependencies(
  { needs, cwd }: Pick<Check, 'needs' | 'cwd'>,
  suites: readonly TestSuite[],
): TestSuite | undefined {
  return suites.find(({ installPlan }) => {
    if (installPlan === null || !MANAGERS[needs].includes(installPlan.manager)) return false;
    const { root } = installPlan;
    return root === '.' || cwd === root || cwd.startsWith(`${root}/`);
  });
}
