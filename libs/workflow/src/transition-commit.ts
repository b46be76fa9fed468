import { type ApprovalKind, type ApprovalRequest, HilError } from '@hil/contracts';
import { fitting } from './fitting.js';
import type { RunEvent, TransitionEffect } from './run-events.js';
import type {
  ApprovalDecision,
  CommandRecord,
  LogEntry,
  NewArtifact,
  RunCommit,
} from './run-storage.port.js';
import type { Run, RunContext } from './run.js';
import { canonicalHash } from './plan-hash.js';
import type { TransitionEnvironment } from './transition-steps.js';
import { transition } from './transitions.js';

export interface TransitionOptions {
  /** AGENT_APPROVAL_TTL, in seconds. */
  approvalTtlSeconds: number;
  maxRepairs: number;
}

interface CommitParts {
  /** Fences a worker; absent for people and the clock. */
  leaseEpoch?: number;
  artifacts?: NewArtifact[];
  decision?: ApprovalDecision;
  command?: CommandRecord;
  audit?: RunCommit['audit'];
}

/**
 * Turns an event into the one commit that makes it true: the pure transition, with its effects
 * gathered into rows.
 * @throws TransitionError when the event can't happen now
 */
export function commitFor(
  run: Run,
  event: RunEvent,
  env: TransitionEnvironment,
  options: TransitionOptions,
  parts: CommitParts = {},
): RunCommit {
  const next = transition(run, event, env);
  const commit: RunCommit = {
    expected: {
      runId: run.id,
      version: run.version,
      state: run.state,
      ...(parts.leaseEpoch === undefined ? {} : { leaseEpoch: parts.leaseEpoch }),
    },
    run: next.run,
    context: changesOf(run.context, next.run.context),
    releaseLease: next.run.version !== run.version,
    entries: [],
    dispatch: false,
    voidApprovals: false,
    artifacts: parts.artifacts ?? [],
    ...(parts.decision === undefined ? {} : { decision: parts.decision }),
    ...(parts.command === undefined ? {} : { command: parts.command }),
    ...(parts.audit === undefined ? {} : { audit: parts.audit }),
  };
  for (const effect of next.effects) apply(commit, effect, run, env, options);
  return commit;
}

/** Transitions copy what they leave alone, so a field that changed is another object or value. */
function changesOf(before: RunContext, after: RunContext): RunCommit['context'] {
  const old = new Map(Object.entries(before));
  const kept = Object.entries(after).filter(([, value]) => value !== undefined);
  const names = new Set(kept.map(([name]) => name));
  return {
    set: Object.fromEntries(kept.filter(([name, value]) => old.get(name) !== value)),
    removed: [...old.keys()].filter((name) => !names.has(name)),
  };
}

function apply(
  commit: RunCommit,
  effect: TransitionEffect,
  before: Run,
  env: TransitionEnvironment,
  options: TransitionOptions,
): void {
  switch (effect.kind) {
    case 'append':
      commit.entries.push(entry(before, commit.run, effect.update));
      return;
    case 'dispatch':
      commit.dispatch = true;
      return;
    case 'store_plan':
      commit.plan = effect.plan;
      return;
    case 'void_approvals':
      commit.voidApprovals = true;
      return;
    case 'open_approval': {
      const card = cardFor(commit.run, effect, env, options);
      commit.newApproval = { card };
      commit.entries.push(
        entry(before, commit.run, { type: 'approval_request', data: fitting(card) }),
      );
      return;
    }
    case 'summarise':
      // Written by its own transaction, once no worker is at the run any more.
      return;
  }
}

/** What a stage said carries the stage that said it; what leads on, the stage led to. */
function entry(before: Run, after: Run, update: LogEntry['update']): LogEntry {
  const leadsOn = update.type === 'status';
  return { update, stage: leadsOn ? after.stage : before.stage, attempt: before.attempt };
}

function cardFor(
  run: Run,
  effect: Extract<TransitionEffect, { kind: 'open_approval' }>,
  env: TransitionEnvironment,
  options: TransitionOptions,
): ApprovalRequest {
  const { edit, estimate } = run.context;
  const known = knownFor(run, effect.approval);
  const head = edit === undefined ? {} : { head_sha: edit.headSha };
  const bound = {
    kind: effect.approval,
    ...(known.plan === undefined ? {} : { plan_hash: known.plan.plan_hash }),
    subject: effect.subject,
    ...head,
  };
  return {
    approval_id: env.newId(),
    kind: effect.approval,
    subject_hash:
      effect.approval === 'plan' && known.plan !== undefined
        ? known.plan.plan_hash
        : canonicalHash(bound),
    ...known,
    ...head,
    ...(effect.files === undefined ? {} : { files: effect.files }),
    ...(effect.hunks === undefined ? {} : { hunks: effect.hunks }),
    ...(effect.budget === undefined ? {} : { budget: effect.budget }),
    ...(estimate === undefined ? {} : { estimate }),
    message: effect.message,
    expires_at: new Date(Date.parse(env.now) + options.approvalTtlSeconds * 1000).toISOString(),
  };
}

/** What an approval is of. @throws HilError when anything but a budget is asked for before there is a plan */
function knownFor(run: Run, kind: ApprovalKind): Partial<ApprovalRequest> {
  const { plan, intent, impact, repository } = run.context;
  if (plan !== undefined && intent !== undefined && impact !== undefined) {
    const { plan_id, plan_hash, revision, base_sha } = plan;
    return { plan_id, plan_hash, revision, base_sha, plan, intent, impact };
  }
  if (kind !== 'budget') {
    throw new HilError(
      'internal_error',
      `run ${run.id} asks for an approval without a plan, intent or impact`,
    );
  }
  return {
    ...(repository === undefined ? {} : { base_sha: repository.baseSha }),
    ...(intent === undefined ? {} : { intent }),
    ...(impact === undefined ? {} : { impact }),
  };
}
