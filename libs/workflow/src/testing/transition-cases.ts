import { type BudgetGrant, RUN_STATES, STAGES, type RunState, isFinal } from '@hil/contracts';
import type { RunEvent } from '../run-events.js';
import type { TransitionEnvironment } from '../transition-steps.js';
import { edit, failedTests, impact, intent, passedTests, plan, repository } from './sample-run.js';

/** Fixed, so that the same event gives the same answer. */
export const env: TransitionEnvironment = {
  now: '2026-01-02T03:04:05.000Z',
  newId: () => '99999999-9999-4999-8999-999999999999',
  maxRepairs: 2,
};
export const LIVE = RUN_STATES.filter((state) => !isFinal(state));
const budget: BudgetGrant = { of: 'run', cost_usd: 1 };
const graph = { modules: 3, symbols: 9, edges: 4, languages: ['typescript'] };

/** An event, the states it may come in, where it leads, and the kinds of its effects in order. */
export interface Case {
  event: RunEvent;
  from: readonly RunState[];
  /** `same stage`: back to the stage the wait interrupted. */
  to: RunState | 'same stage';
  effects: string[];
}

const INTO_STAGE = ['status', 'dispatch'];
const END = ['void_approvals', 'status', 'summarise'];
/** The expected table, written down once more and apart from the code. */
export const CASES: Record<string, Case> = {
  'a message received': {
    event: { type: 'run_received' },
    from: ['received'],
    to: 'intent_extraction',
    effects: INTO_STAGE,
  },
  'an intent extracted': {
    event: { type: 'intent_extracted', intent },
    from: ['intent_extraction'],
    to: 'pkg_query',
    effects: INTO_STAGE,
  },
  'a question asked': {
    event: { type: 'question_asked', question: 'Which add?', options: ['a', 'b'] },
    from: ['intent_extraction', 'planning'],
    to: 'awaiting_answer',
    effects: ['question', 'status'],
  },
  'a question answered': {
    event: { type: 'question_answered', answer: 'the first' },
    from: ['awaiting_answer'],
    to: 'same stage',
    effects: INTO_STAGE,
  },
  'a query answered': {
    event: {
      type: 'answered',
      message: 'Two callers.',
      updates: [{ type: 'query_response', data: { answer: 'Two.', references: [] } }],
    },
    from: ['intent_extraction', 'pkg_query', 'impact_analysis', 'planning'],
    to: 'completed',
    effects: ['query_response', ...END],
  },
  'a graph read': {
    event: { type: 'graph_read', repository, graph },
    from: ['pkg_query'],
    to: 'impact_analysis',
    effects: INTO_STAGE,
  },
  'an impact assessed': {
    event: { type: 'impact_assessed', impact },
    from: ['impact_analysis'],
    to: 'planning',
    effects: INTO_STAGE,
  },
  'a plan proposed': {
    event: { type: 'plan_proposed', plan: plan(2), message: 'Please decide.' },
    from: ['planning'],
    to: 'awaiting_approval',
    effects: ['store_plan', 'open_approval:plan', 'status'],
  },
  'a plan passed by policy': {
    event: { type: 'plan_proposed', plan: plan(2), message: '', autoApproved: 'low risk' },
    from: ['planning'],
    to: 'editing',
    effects: ['store_plan', 'log', ...INTO_STAGE],
  },
  'a plan edited': {
    event: { type: 'plan_edited', by: 'ann', tasks: plan().plan },
    from: ['awaiting_approval'],
    to: 'planning',
    effects: ['void_approvals', ...INTO_STAGE],
  },
  'a plan approved': {
    event: { type: 'approval_granted', kind: 'plan', by: 'ann' },
    from: ['awaiting_approval', 'paused'],
    to: 'editing',
    effects: INTO_STAGE,
  },
  'a diff approved': {
    event: { type: 'approval_granted', kind: 'diff', by: 'ann' },
    from: ['awaiting_approval', 'paused'],
    to: 'pr_creation',
    effects: INTO_STAGE,
  },
  'a diff approved in part': {
    event: {
      type: 'approval_granted',
      kind: 'diff',
      by: 'ann',
      notes: 'no log lines',
      selection: { accepted: ['a#1'], dropped: ['a#2'] },
    },
    from: ['awaiting_approval', 'paused'],
    to: 'editing',
    effects: INTO_STAGE,
  },
  'more files approved': {
    event: { type: 'approval_granted', kind: 'scope', by: 'ann', files: ['src/b.ts'] },
    from: ['awaiting_approval', 'paused'],
    to: 'same stage',
    effects: INTO_STAGE,
  },
  'an unsandboxed run approved': {
    event: { type: 'approval_granted', kind: 'unsandboxed', by: 'ann' },
    from: ['awaiting_approval', 'paused'],
    to: 'same stage',
    effects: INTO_STAGE,
  },
  'more budget approved': {
    event: { type: 'approval_granted', kind: 'budget', by: 'ann', budget },
    from: ['awaiting_approval', 'paused'],
    to: 'same stage',
    effects: INTO_STAGE,
  },
  'changes to the plan requested': {
    event: { type: 'approval_refused', kind: 'plan', by: 'ann', reason: 'smaller', final: false },
    from: ['awaiting_approval', 'paused'],
    to: 'planning',
    effects: ['void_approvals', ...INTO_STAGE],
  },
  'a plan rejected for good': {
    event: { type: 'approval_refused', kind: 'plan', by: 'ann', reason: 'no', final: true },
    from: ['awaiting_approval', 'paused'],
    to: 'rejected',
    effects: END,
  },
  'an unsandboxed run refused': {
    event: { type: 'approval_refused', kind: 'unsandboxed', by: 'ann', reason: '', final: false },
    from: ['awaiting_approval', 'paused'],
    to: 'same stage',
    effects: INTO_STAGE,
  },
  'more budget refused': {
    event: { type: 'approval_refused', kind: 'budget', by: 'ann', reason: '', final: false },
    from: ['awaiting_approval', 'paused'],
    to: 'rejected',
    effects: END,
  },
  'the base moved': {
    event: { type: 'base_moved', reason: 'src/add.ts changed' },
    from: ['editing', 'pr_creation'],
    to: 'planning',
    effects: ['void_approvals', ...INTO_STAGE],
  },
  'a base that moved elsewhere': {
    event: { type: 'rebased', edit: edit, repository, message: 'Moved.' },
    from: ['pr_creation'],
    to: 'testing',
    effects: INTO_STAGE,
  },
  'an edit outside the plan': {
    event: { type: 'scope_exceeded', files: ['src/b.ts'], message: 'One more file.' },
    from: ['editing'],
    to: 'awaiting_approval',
    effects: ['open_approval:scope', 'status'],
  },
  'other edits than planned': {
    event: {
      type: 'scope_exceeded',
      files: [],
      message: 'Seven edits.',
      edits: { taskId: 't1', edits: 'it comes to 7 edits' },
    },
    from: ['editing'],
    to: 'awaiting_approval',
    effects: ['open_approval:scope', 'status'],
  },
  'an edit done': {
    event: { type: 'edited', edit },
    from: ['editing'],
    to: 'testing',
    effects: INTO_STAGE,
  },
  'a repair nobody has': {
    event: { type: 'repair_given_up', reason: 'Nothing can repair this.' },
    from: ['editing'],
    to: 'failed',
    effects: END,
  },
  'another goal while editing': {
    event: { type: 'goal_changed', reason: 'do it elsewhere' },
    from: ['editing'],
    to: 'planning',
    effects: ['void_approvals', ...INTO_STAGE],
  },
  'a budget that is used up': {
    event: { type: 'budget_reached', message: '$1.00 of $1.00.', budget },
    from: STAGES,
    to: 'paused',
    effects: ['open_approval:budget', 'status'],
  },
  'no sandbox': {
    event: { type: 'sandbox_missing', message: 'Run without?' },
    from: ['testing'],
    to: 'awaiting_approval',
    effects: ['open_approval:unsandboxed', 'status'],
  },
  'tests passed': {
    event: { type: 'tests_finished', tests: passedTests, repairable: true },
    from: ['testing'],
    to: 'verification',
    effects: INTO_STAGE,
  },
  'tests passed while something was said': {
    event: { type: 'tests_finished', tests: passedTests, repairable: true, unheard: true },
    from: ['testing'],
    to: 'editing',
    effects: INTO_STAGE,
  },
  'tests with new failures': {
    event: { type: 'tests_finished', tests: failedTests, repairable: true },
    from: ['testing'],
    to: 'editing',
    effects: INTO_STAGE,
  },
  'tests with failures nothing can repair': {
    event: { type: 'tests_finished', tests: failedTests, repairable: false },
    from: ['testing'],
    to: 'failed',
    effects: END,
  },
  'a change verified': {
    event: { type: 'verified', items: [], verdict: 'ready', message: 'All met.' },
    from: ['verification'],
    to: 'pr_creation',
    effects: INTO_STAGE,
  },
  'a change verified that a person wants to see': {
    event: { type: 'verified', items: [], verdict: 'ready', review: true, message: 'All met.' },
    from: ['verification'],
    to: 'awaiting_approval',
    effects: ['open_approval:diff', 'status'],
  },
  'a change verified while something was said': {
    event: { type: 'verified', items: [], verdict: 'ready', unheard: true, message: 'All met.' },
    from: ['verification'],
    to: 'editing',
    effects: INTO_STAGE,
  },
  'a change that needs a look': {
    event: { type: 'verified', items: [], verdict: 'needs_person', message: 'Look.' },
    from: ['verification'],
    to: 'awaiting_approval',
    effects: ['open_approval:diff', 'status'],
  },
  'a change that failed verification': {
    event: { type: 'verified', items: [], verdict: 'not_ready', message: 'A secret.' },
    from: ['verification'],
    to: 'failed',
    effects: END,
  },
  'something was said before a delivery': {
    event: { type: 'said_before_delivery' },
    from: ['pr_creation'],
    to: 'editing',
    effects: INTO_STAGE,
  },
  'a change delivered': {
    event: { type: 'delivered', delivery: { pushed: false, note: 'Ready.' } },
    from: ['pr_creation'],
    to: 'completed',
    effects: END,
  },
  'a cancel': {
    event: { type: 'cancel_requested', by: 'ann' },
    from: LIVE,
    to: 'cancelled',
    effects: END,
  },
  'an approval expired': {
    event: { type: 'approval_expired' },
    from: ['awaiting_approval', 'paused'],
    to: 'expired',
    effects: END,
  },
  'a stage failed': {
    event: { type: 'stage_failed', code: 'internal_error', message: 'Broken.', retryable: true },
    from: LIVE,
    to: 'failed',
    effects: ['error', ...END],
  },
};
