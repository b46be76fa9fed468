import type { TransitionEffect } from '../run-events.js';
import {
  enter,
  log,
  openPlanApproval,
  replan,
  requirePlan,
  waitForApproval,
} from '../transition-steps.js';
import type { Rows } from './row.js';

/** Plans: how they come up, and what voids one that was approved. */
export const PLANNING_ROWS: Rows<'plan_proposed' | 'plan_edited' | 'base_moved' | 'goal_changed'> =
  {
    plan_proposed: {
      from: ['planning'],
      to: (run, { plan, message, autoApproved, estimate }, env) => {
        const context = { plan, ...(estimate === undefined ? {} : { estimate }) };
        const store: TransitionEffect = { kind: 'store_plan', plan };
        if (autoApproved === undefined) {
          return waitForApproval(run, context, message, [store, openPlanApproval(message)]);
        }
        const approved = {
          planId: plan.plan_id,
          planHash: plan.plan_hash,
          baseSha: plan.base_sha,
          decidedBy: 'policy',
          decidedAt: env.now,
          codeEdits: true,
        };
        const next = enter(
          run,
          'editing',
          { ...context, approved },
          `Approved by policy: ${autoApproved}`,
        );
        return {
          run: next.run,
          effects: [store, log(`plan approved by policy: ${autoApproved}`), ...next.effects],
        };
      },
    },
    plan_edited: {
      from: ['awaiting_approval'],
      to: (run, { by, tasks }) =>
        // Through planning, which carries the tasks out once and says what they reach.
        replan(
          run,
          `edited by ${by}`,
          `Plan edited by ${by}; checking it as revision ${requirePlan(run).revision + 1}.`,
          tasks,
        ),
    },
    base_moved: {
      from: ['editing', 'pr_creation'],
      to: (run, { reason }) =>
        replan(
          run,
          reason,
          `The base branch moved under files of the plan; the approval is void and a new revision is planned.`,
        ),
    },
    goal_changed: {
      from: ['editing'],
      to: (run, { reason }) =>
        replan(
          run,
          reason,
          'The goal changed; the approval is void and a new revision is planned.',
        ),
    },
  };
