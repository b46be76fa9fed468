import { z } from 'zod';

export const sandboxReportSchema = z.object({
  /** docker, bubblewrap, process, or none when nothing ran. */
  driver: z.enum(['docker', 'bubblewrap', 'process', 'none']),
  enforced: z.array(z.string()),
  unenforced: z.array(z.string()),
});
export type SandboxReport = z.infer<typeof sandboxReportSchema>;

export const testTotalsSchema = z.object({
  passed: z.int().nonnegative(),
  failed: z.int().nonnegative(),
  skipped: z.int().nonnegative(),
  errors: z.int().nonnegative(),
});
export type TestTotals = z.infer<typeof testTotalsSchema>;

/** Source lines around the place of a failure, as they were under test. */
export const sourceExcerptSchema = z.object({
  file: z.string(),
  /** Number of the first line of `text`. */
  start_line: z.int().positive(),
  text: z.string(),
});
export type SourceExcerpt = z.infer<typeof sourceExcerptSchema>;

/** A failure that the change made, trimmed to what whoever repairs it needs. */
export const testFailureSchema = z.object({
  kind: z.enum(['test', 'lint', 'typecheck', 'build']),
  /** The framework or tool, e.g. `jest`, `tsc`. */
  framework: z.string(),
  /** Full name of the test, or the rule or code of a problem. */
  name: z.string(),
  file: z.string().optional(),
  line: z.int().positive().optional(),
  /** The assertion or error, without colours; at most 2,000 characters. */
  message: z.string(),
  /** Stack frames inside the repository, innermost first: `path:line function`. */
  frames: z.array(z.string()),
  /** The failing line and the changed lines the stack leads through. */
  excerpts: z.array(sourceExcerptSchema),
});
export type TestFailure = z.infer<typeof testFailureSchema>;

/** One linter, type checker or compiler over the change, compared with the base. */
export const checkSummarySchema = z.object({
  kind: z.enum(['lint', 'typecheck', 'build']),
  tool: z.string(),
  /** `failed` only with new problems; `not_run` says why in `message`. */
  status: z.enum(['passed', 'failed', 'not_run']),
  message: z.string(),
  /** `path:line: message (rule)`, those the base does not have. */
  new_problems: z.array(z.string()),
  known_problems: z.int().nonnegative(),
  fixed_problems: z.int().nonnegative(),
});
export type CheckSummary = z.infer<typeof checkSummarySchema>;

/** Coverage of the lines the change added or modified, where the framework measures it. */
export const coverageSummarySchema = z.object({
  framework: z.string(),
  changed_lines: z.object({
    covered: z.int().nonnegative(),
    total: z.int().nonnegative(),
  }),
  /** Changed lines no test reached, `path:line`. */
  uncovered: z.array(z.string()),
  /** Percent of all lines at the base and after the change; absent when the base was not measured. */
  total_percent: z.object({ baseline: z.number(), after: z.number() }).optional(),
});
export type CoverageSummary = z.infer<typeof coverageSummarySchema>;

export const testSummarySchema = z.object({
  status: z.enum(['passed', 'failed', 'not_run', 'no_tests']),
  message: z.string(),
  framework: z.string().optional(),
  baseline: testTotalsSchema.optional(),
  after: testTotalsSchema.optional(),
  /** Names of tests that fail now and did not at the base. */
  new_failures: z.array(z.string()),
  fixed: z.array(z.string()),
  known_failures: z.array(z.string()),
  /** Names of tests whose second run came out differently from the first. */
  flaky: z.array(z.string()).optional(),
  /** The new failures in detail, the first ten. */
  failures: z.array(testFailureSchema).optional(),
  /** Linters and type checks. */
  checks: z.array(checkSummarySchema).optional(),
  coverage: z.array(coverageSummarySchema).optional(),
  /** Suites that ran without being measured, and why. */
  coverage_not_measured: z.array(z.object({ suite: z.string(), reason: z.string() })).optional(),
  sandbox: sandboxReportSchema.optional(),
});
export type TestSummary = z.infer<typeof testSummarySchema>;
