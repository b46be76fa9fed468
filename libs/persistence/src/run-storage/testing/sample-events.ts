import { randomUUID } from 'node:crypto';
import type { Plan } from '@hil/contracts';
import { type Run, type StageEvent, planHash } from '@hil/workflow';

const BASE_SHA = 'a'.repeat(40);

function planFor(run: Run): Plan {
  const revision = (run.context.plan?.revision ?? 0) + 1;
  const tasks = [
    { id: 't1', task: 'rename add', files: ['src/add.ts'], changes: [], tests: [], notes: '' },
  ];
  return {
    summary: 'rename add to sum',
    plan: tasks,
    acceptance_criteria: [],
    migrations: [],
    commit: { type: 'refactor', scope: '', subject: 'rename add' },
    plan_id: randomUUID(),
    plan_hash: planHash({ tasks, base_sha: BASE_SHA, revision }),
    revision,
    base_sha: BASE_SHA,
  };
}

/** What the stage a run is in would come to when all goes well. */
export function eventFrom(run: Run): StageEvent {
  switch (run.stage) {
    case 'intent_extraction':
      return {
        type: 'intent_extracted',
        intent: {
          category: 'code_change',
          intent: 'rename a function',
          description: 'rename add to sum',
          risk: 'low',
          tests_required: [],
          human_approval: true,
          constraints: [],
          target_modules: [],
        },
      };
    case 'pkg_query':
      return {
        type: 'graph_read',
        repository: {
          kind: 'remote',
          address: 'https://example.test/r.git',
          baseBranch: 'main',
          baseSha: BASE_SHA,
          uncommitted: 0,
        },
        graph: { modules: 1, symbols: 1, edges: 0, languages: ['typescript'] },
      };
    case 'impact_analysis':
      return {
        type: 'impact_assessed',
        impact: {
          risk: 'low',
          score: 10,
          reasons: [],
          targets: ['src/add.ts'],
          impacted: [],
          callers: [],
          endpoints: [],
          affected_tests: [],
          truncated: false,
          counts: { impacted: 0, callers: 0, endpoints: 0, affected_tests: 0 },
        },
      };
    case 'planning':
      return { type: 'plan_proposed', plan: planFor(run), message: 'Please decide.' };
    case 'editing':
      return {
        type: 'edited',
        edit: {
          branch: 'hil/rename',
          headSha: 'b'.repeat(40),
          startedAt: '2026-01-01T00:00:00.000Z',
          tasksDone: ['t1'],
          commits: [{ sha: 'b'.repeat(40), taskId: 't1', subject: 'refactor: rename add' }],
          files: [{ path: 'src/add.ts', status: 'modified', additions: 1, deletions: 1 }],
        },
      };
    case 'testing':
      return {
        type: 'tests_finished',
        tests: {
          status: 'passed',
          message: 'all passed',
          new_failures: [],
          fixed: [],
          known_failures: [],
        },
        repairable: false,
      };
    case 'verification':
      return { type: 'verified', items: [], verdict: 'ready', message: 'All met.' };
    case 'pr_creation':
      return { type: 'delivered', delivery: { pushed: false, note: 'The patch is ready.' } };
  }
}
