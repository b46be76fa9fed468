export { BaselineCache, type BaselineKey } from './baseline-cache.js';
export { compareProblems, problemText, type Check, type Problem } from './checks/check.js';
export { detectChecks, type DetectChecksOptions } from './checks/detect-checks.js';
export { runCheck, type CheckResult, type RunCheckOptions } from './checks/run-check.js';
export { suiteForCheck } from './checks/suite-for-check.js';
export { caseKey, compareRuns, isFailure, type RunComparison } from './compare-runs.js';
export { summariseCoverage, unpackCoverage } from './line-coverage/coverage.js';
export { coverageProblem } from './line-coverage/read-coverage.js';
export { describeFailures, excerptAt, type FailurePlace } from './failure-details.js';
export { lookAgain, type SecondLook } from './flaky.js';
export { detectFormatters } from './formatters/detect-formatters.js';
export { type Formatter } from './formatters/formatter.js';
export { runFormatter, type FormatResult } from './formatters/run-formatter.js';
export { detectTestSuites, type DetectOptions } from './detect/detect-test-suites.js';
export { prepareDependencies } from './install/prepare-dependencies.js';
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
