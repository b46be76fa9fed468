export { compareRuns, type RunComparison } from './compare-runs.js';
export { dependencyKey } from './dependency-key.js';
export { detectTestSuites, type DetectOptions } from './detect-test-suites.js';
export { prepareDependencies } from './prepare-dependencies.js';
export { runSuite } from './run-suite.js';
export {
  INSTALL_LIMITS,
  TEST_LIMITS,
  type CaseStatus,
  type InstallPlan,
  type LogListener,
  type PrepareDependenciesOptions,
  type PreparedDependencies,
  type RunSuiteOptions,
  type SuiteResult,
  type SuiteStatus,
  type TestCase,
  type TestFramework,
  type TestSuite,
} from './suite.js';
