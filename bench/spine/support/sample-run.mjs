import { randomUUID } from 'node:crypto';
import { planHash } from '@hil/workflow';

const BASE_SHA = 'a'.repeat(40);

/** What the stages before testing have found out: a plan of three tasks in an ordinary repository. */
function sampleContext() {
  const files = ['src/orders/create.ts', 'src/orders/price.ts', 'test/orders.test.ts'];
  const tasks = files.map((file, index) => ({
    id: `t${index + 1}`,
    task: `rename priceOf to totalOf in ${file}`,
    files: [file],
    changes: [`every resolved reference in ${file}`],
    tests: ['test/orders.test.ts'],
    notes: '',
  }));
  const subject = { tasks, base_sha: BASE_SHA, revision: 1 };
  return {
    intent: {
      category: 'code_change',
      intent: 'rename',
      description: 'rename priceOf to totalOf',
      risk: 'low',
      tests_required: ['test/orders.test.ts'],
      human_approval: true,
      constraints: [],
      target_modules: files,
    },
    repository: {
      kind: 'remote',
      address: 'https://git.example.org/shop.git',
      baseBranch: 'main',
      baseSha: BASE_SHA,
      uncommitted: 0,
    },
    graph: { modules: 412, symbols: 5_120, edges: 9_400, languages: ['typescript'] },
    impact: {
      risk: 'low',
      score: 12,
      reasons: ['three modules', 'tests cover all of them'],
      targets: files,
      impacted: Array.from({ length: 12 }, (_, n) => ({
        path: `src/orders/user-${n}.ts`,
        depth: 1,
      })),
      callers: [],
      endpoints: [],
      affected_tests: ['test/orders.test.ts'],
      truncated: false,
      counts: { impacted: 12, callers: 0, endpoints: 0, affected_tests: 1 },
    },
    plan: {
      plan_id: randomUUID(),
      plan_hash: planHash(subject),
      revision: 1,
      base_sha: BASE_SHA,
      summary: 'rename priceOf to totalOf',
      plan: tasks,
      acceptance_criteria: ['the suite passes'],
      migrations: [],
      commit: { type: 'refactor', scope: 'orders', subject: 'rename priceOf to totalOf' },
    },
    edit: {
      branch: 'hil/rename',
      headSha: 'b'.repeat(40),
      startedAt: '2026-01-01T00:00:00.000Z',
      tasksDone: tasks.map(({ id }) => id),
      commits: tasks.map(({ id, task }) => ({ sha: 'b'.repeat(40), taskId: id, subject: task })),
      files: files.map((path) => ({ path, status: 'modified', additions: 3, deletions: 3 })),
    },
  };
}

/** Stores a run that is in `stage`, in a session of its own, and answers it. */
export async function storeRun(storage, { userId = 'ann', stage = 'testing' } = {}) {
  const now = new Date();
  const run = {
    id: randomUUID(),
    sessionId: randomUUID(),
    userId,
    state: stage,
    stage,
    version: 1,
    leaseEpoch: 0,
    leaseUntil: null,
    attempt: 0,
    cancelRequested: false,
    summarised: false,
    request: { message: 'rename priceOf to totalOf in src/orders/price.ts' },
    context: sampleContext(),
    outcome: null,
    createdAt: now,
    updatedAt: now,
    endedAt: null,
  };
  const created = await storage.createRun({
    run,
    newSession: { id: run.sessionId, userId },
    maxActiveRuns: 1_000_000,
    entries: [statusEntry(run)],
  });
  if (created === null) throw new Error('the run was not stored');
  return run;
}

export function statusEntry({ state, stage, attempt }) {
  return {
    update: { type: 'status', data: { state, message: `The run is in ${state} now.` } },
    stage,
    attempt,
  };
}

/** The commit of a transition between two stages: state, one status event, one outbox row. */
export function hopCommit(run, stage) {
  const next = { ...run, state: stage, stage, version: run.version + 1 };
  return {
    expected: { runId: run.id, version: run.version, state: run.state },
    run: next,
    context: { set: { repairs: next.version }, removed: [] },
    releaseLease: true,
    entries: [statusEntry(next)],
    dispatch: true,
    voidApprovals: false,
    artifacts: [],
  };
}

/** Stores a run whose plan waits for approval. */
export async function storePlanned(storage, { userId = 'ann' } = {}) {
  const run = await storeRun(storage, { userId, stage: 'planning' });
  const { plan, intent, impact } = run.context;
  const next = { ...run, state: 'awaiting_approval', version: run.version + 1 };
  const card = {
    approval_id: randomUUID(),
    kind: 'plan',
    subject_hash: plan.plan_hash,
    plan_id: plan.plan_id,
    plan_hash: plan.plan_hash,
    revision: plan.revision,
    base_sha: plan.base_sha,
    plan,
    intent,
    impact,
    message: 'Please look.',
    expires_at: new Date(Date.now() + 3_600_000).toISOString(),
  };
  const committed = await storage.commit({
    ...hopCommit(run, 'planning'),
    run: next,
    dispatch: false,
    entries: [statusEntry(next)],
    plan,
    newApproval: { card },
  });
  if (committed === null) throw new Error('the plan was not stored');
  return { sessionId: run.sessionId, plan };
}
