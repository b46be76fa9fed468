import type { Impact, Intent, Plan, RunState, TestSummary } from '@hil/contracts';
import { planHash } from '../plan-hash.js';
import type { EditProgress, Run, RunContext, RunRepository } from '../run.js';

export const BASE_SHA = 'a'.repeat(40);

export const intent: Intent = {
  category: 'code_change',
  intent: 'rename a function',
  description: 'rename add to sum',
  risk: 'low',
  tests_required: [],
  human_approval: true,
  constraints: [],
  target_modules: ['src/add.ts'],
};

export const impact: Impact = {
  risk: 'low',
  score: 12,
  reasons: ['one module'],
  targets: ['src/add.ts'],
  impacted: [],
  callers: [],
  endpoints: [],
  affected_tests: [],
  truncated: false,
  counts: { impacted: 0, callers: 0, endpoints: 0, affected_tests: 0 },
};

export const repository: RunRepository = {
  kind: 'remote',
  address: 'https://example.test/r.git',
  baseBranch: 'main',
  baseSha: BASE_SHA,
  uncommitted: 0,
};

export const edit: EditProgress = {
  branch: 'hil/rename',
  headSha: 'b'.repeat(40),
  startedAt: '2026-01-01T00:00:00.000Z',
  tasksDone: ['t1'],
  commits: [{ sha: 'b'.repeat(40), taskId: 't1', subject: 'refactor: rename add' }],
  files: [{ path: 'src/add.ts', status: 'modified', additions: 3, deletions: 1 }],
};

export const failedTests: TestSummary = {
  status: 'failed',
  message: 'one new failure',
  new_failures: ['adds'],
  fixed: [],
  known_failures: [],
};

export const passedTests: TestSummary = {
  status: 'passed',
  message: 'all passed',
  new_failures: [],
  fixed: [],
  known_failures: [],
};

export function plan(revision = 1): Plan {
  const tasks = [
    { id: 't1', task: 'rename add', files: ['src/add.ts'], changes: [], tests: [], notes: '' },
  ];
  return {
    summary: 'rename add to sum',
    plan: tasks,
    acceptance_criteria: [],
    migrations: [],
    commit: { type: 'refactor', scope: '', subject: 'rename add' },
    plan_id: `00000000-0000-4000-8000-00000000000${revision}`,
    plan_hash: planHash({ tasks, base_sha: BASE_SHA, revision }),
    revision,
    base_sha: BASE_SHA,
  };
}

/** A run in some state, with everything its stages would have found out before. */
export function sampleRun(state: RunState, context: RunContext = {}): Run {
  const at = new Date('2026-01-01T00:00:00.000Z');
  return {
    id: '11111111-1111-4111-8111-111111111111',
    sessionId: '22222222-2222-4222-8222-222222222222',
    userId: 'ann',
    state,
    stage: stageIn(state),
    version: 7,
    leaseEpoch: 3,
    leaseUntil: null,
    attempt: 2,
    cancelRequested: false,
    summarised: false,
    request: { message: 'rename add to sum' },
    context: {
      intent,
      impact,
      repository,
      plan: plan(),
      edit,
      ...(state === 'awaiting_answer'
        ? { question: { questionId: 'q1', question: 'Which add?' } }
        : {}),
      ...context,
    },
    outcome: null,
    createdAt: at,
    updatedAt: at,
    endedAt: null,
  };
}

/** The stage a state belongs to; waits return to one in the middle. */
function stageIn(state: RunState): Run['stage'] {
  switch (state) {
    case 'received':
    case 'awaiting_answer':
      return 'intent_extraction';
    case 'awaiting_approval':
      return 'planning';
    case 'paused':
    case 'completed':
    case 'rejected':
    case 'cancelled':
    case 'failed':
    case 'expired':
      return 'editing';
    default:
      return state;
  }
}
