import type { CheckSummary, TestSummary, VerificationItem } from '@hil/contracts';
import type { ChangedFile } from './change.js';
import type { Criterion } from './criteria.js';
import { judgeCoverage } from './coverage.js';
import { dependencyChanges } from './dependencies/dependency-changes.js';
import { checkStatically, checkWithTools } from './check-analysis.js';
import { checkSecrets } from './check-secrets.js';
import { type Judged, list } from './judged.js';
import type { SecretFinding } from './secret-scan.js';
import { SENSITIVE_KINDS, sensitiveKind, type SensitiveKind } from './sensitive-paths.js';

/** ready: publish; needs_person: nothing is wrong, something is not known; not_ready: do not publish. */
export type Verdict = 'ready' | 'needs_person' | 'not_ready';

/** What {@link verifyChange} judges. */
export interface VerifyChangeInput {
  files: readonly ChangedFile[];
  criteria: readonly Criterion[];
  tests: TestSummary;
  /** Paths that the approved plan (and later scope approvals) name. */
  approvedFiles: readonly string[];
  /** Who said yes to them; a policy can't say yes to migrations, dependencies and CI files. */
  approvedBy: 'person' | 'policy';
  /** Other text that will be published: commit messages, title and body of the pull request. */
  texts?: readonly { name: string; text: string }[];
  /** Secret values of our own configuration. */
  knownSecrets?: readonly string[];
  /** Percent of changed lines that tests must reach where it is measured; 0: only told. */
  minCoverage?: number;
  /** Folders to look for gitleaks and bandit in, as PATH has them; default: that of the process. */
  toolPath?: string;
  /** Checks that the caller would have liked to run, with the reason why they did not run. */
  notRun?: readonly { check: string; reason: string }[];
  signal?: AbortSignal;
}

export interface Verification {
  items: VerificationItem[];
  verdict: Verdict;
  secrets: SecretFinding[];
}

/**
 * Judges a finished change before it is published. Knows nothing of git: diffs and texts are passed in.
 * @throws the reason of `signal` when it is aborted
 */
export async function verifyChange(input: VerifyChangeInput): Promise<Verification> {
  const criteria: Judged[] = [];
  for (const criterion of input.criteria) {
    input.signal?.throwIfAborted();
    criteria.push(await judge(criterion, input));
  }
  input.signal?.throwIfAborted();
  const { items: secretItems, secrets } = await checkSecrets(input);
  const judged: Judged[] = [
    ...criteria,
    checkTests(input.tests),
    ...(input.tests.checks ?? []).map(checkTool),
    ...checkCoverage(input),
    checkScope(input.files, input.approvedFiles),
    ...SENSITIVE_KINDS.map((kind) => checkSensitive(kind, input)),
    ...checkLicences(input.files),
    ...secretItems,
    ...(await checkStatically(input)),
    ...(await checkWithTools(input)),
    ...(input.notRun ?? []).map(({ check, reason }) => ({
      check,
      status: 'not_run' as const,
      message: reason,
    })),
  ];
  const verdict = judged.some((item) => item.status === 'failed')
    ? 'not_ready'
    : judged.some((item) => item.status === 'unknown' || item.needsPerson === true)
      ? 'needs_person'
      : 'ready';
  const items = judged.map(({ check, status, message }) => ({ check, status, message }));
  return { items, verdict, secrets };
}

const CRITERION_STATUS = { met: 'passed', not_met: 'failed', unknown: 'unknown' } as const;

async function judge(criterion: Criterion, input: VerifyChangeInput): Promise<Judged> {
  const check = `criterion: ${criterion.text}`;
  try {
    const { result, evidence } = await criterion.judge({ files: input.files, tests: input.tests });
    return { check, status: CRITERION_STATUS[result], message: evidence };
  } catch (error) {
    return { check, status: 'unknown', message: `could not be judged: ${String(error)}` };
  }
}

function checkTests(tests: TestSummary): Judged {
  const check = 'tests';
  if (tests.new_failures.length > 0) {
    return { check, status: 'failed', message: `new failures: ${list(tests.new_failures)}` };
  }
  if (tests.status === 'no_tests') return { check, status: 'not_run', message: tests.message };
  if (tests.status === 'not_run') {
    return { check, status: 'not_run', message: tests.message, needsPerson: true };
  }
  if (tests.status === 'failed' && tests.known_failures.length === 0) {
    // Failed without a failure by name: the run itself broke, and that is not known to be old.
    return { check, status: 'failed', message: tests.message };
  }
  const known = tests.known_failures.length;
  if (known > 0 && tests.after?.passed === 0) {
    // Where everything was red before, a change that breaks everything looks the same; one that takes
    // away the tests that passed leaves nothing that could.
    const nothing = nothingPasses(tests.baseline?.passed);
    const message = `${nothing}, so the tests tell nothing about it: ${list(tests.known_failures)}`;
    return { check, status: 'unknown', message };
  }
  const suffix = known === 0 ? '' : `; ${known} failed before too: ${list(tests.known_failures)}`;
  return { check, status: 'passed', message: `no new failure${suffix}` };
}

/** That no test passes after the change, and how many did before, where that is known. */
function nothingPasses(before: number | undefined): string {
  if (before === undefined) return 'nothing passes after the change';
  if (before === 0) return 'nothing passes, before or after the change';
  return `nothing passes after the change, though ${before} did before (deleted, skipped or flaky since)`;
}

/** New complaints of a linter or compiler stop nothing, but a person looks at them first. */
function checkTool({ tool, status, message, new_problems }: CheckSummary): Judged {
  if (status !== 'failed') return { check: tool, status, message };
  return { check: tool, status: 'unknown', message: `${message}: ${list(new_problems, 3)}` };
}

function checkScope(files: readonly ChangedFile[], approved: readonly string[]): Judged {
  const check = 'approved files';
  const outside = outsideApproved(files, approved);
  if (outside.length > 0) {
    return { check, status: 'failed', message: `changed without approval: ${list(outside)}` };
  }
  return { check, status: 'passed', message: `all ${files.length} changed files were approved` };
}

/** Changed paths, old names of renames included, that no approval names. */
export function outsideApproved(
  files: readonly Pick<ChangedFile, 'path' | 'oldPath'>[],
  approved: readonly string[],
): string[] {
  const allowed = new Set(approved);
  return files
    .flatMap((file) => (file.oldPath === undefined ? [file.path] : [file.path, file.oldPath]))
    .filter((path) => !allowed.has(path));
}

const SENSITIVE_CHECK: Readonly<Record<SensitiveKind, string>> = {
  migration: 'database migrations',
  dependency: 'dependencies',
  licence: 'licence files',
  ci: 'CI files',
};

function checkSensitive(kind: SensitiveKind, input: VerifyChangeInput): Judged {
  const check = SENSITIVE_CHECK[kind];
  const paths = input.files
    .flatMap((file) => [file.path, file.oldPath ?? file.path])
    .filter((path, index, all) => sensitiveKind(path) === kind && all.indexOf(path) === index);
  if (paths.length === 0) return { check, status: 'passed', message: 'none changed' };
  const changes = kind === 'dependency' ? dependencyChanges(input.files).changes : [];
  const what = `${list(paths)}${changes.length === 0 ? '' : ` (${list(changes)})`}`;
  if (input.approvedBy === 'person') {
    return { check, status: 'passed', message: `changed, as a person approved: ${what}` };
  }
  return { check, status: 'unknown', message: `changed, and needs a person: ${what}` };
}

/** A plan names the lock file, not the licences of what comes in with it: so a person sees them at the diff. */
function checkLicences(files: readonly ChangedFile[]): Judged[] {
  const { concerns, unstated } = dependencyChanges(files);
  const check = 'licences';
  const unknown =
    unstated.length === 0
      ? ''
      : `licence unknown: ${list(unstated)}; these files do not state licences, look them up`;
  if (concerns.length > 0) {
    const message = [list(concerns), ...(unknown === '' ? [] : [unknown])].join('; ');
    return [{ check, status: 'unknown', message }];
  }
  return unknown === '' ? [] : [{ check, status: 'not_run', message: unknown }];
}

/** Not measured is told, but asks nobody: most repositories do not measure. */
function checkCoverage({ tests, minCoverage = 0 }: VerifyChangeInput): Judged[] {
  if (tests.status !== 'passed' && tests.status !== 'failed') return [];
  return [{ check: 'coverage of changed lines', ...judgeCoverage(tests, minCoverage) }];
}
