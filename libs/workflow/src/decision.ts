import { type ApprovalKind, HilError, isFinal } from '@hil/contracts';
import { type Actor, may } from './actor.js';
import type { RunEvent } from './run-events.js';
import type { Approval, ApprovalDecision, RunStorage } from './run-storage.port.js';
import type { Run } from './run.js';

/** A decision on an approval, from whichever event or route it came. */
export interface Decision {
  session_id?: string | undefined;
  plan_id?: string | undefined;
  approval_id?: string | undefined;
  /** Set for approve_plan and reject_plan, which only ever mean the plan. */
  kind?: 'plan';
  approved: boolean;
  plan_hash?: string | undefined;
  reason?: string | undefined;
  final?: boolean | undefined;
  notes?: string | undefined;
  codeEdits?: boolean | undefined;
  reviewDiff?: boolean | undefined;
  selection?: string[] | undefined;
  id?: string | undefined;
}

/**
 * Finds the approval a decision means, with its run.
 * @throws HilError approval_unknown, approval_stale, approval_already_decided, run_ended: every decision
 * that comes too late or to the wrong approval is refused here
 */
export async function findPendingApproval(
  storage: RunStorage,
  actor: Actor,
  decision: Decision,
): Promise<{ approval: Approval; run: Run }> {
  const found = await meantApproval(storage, decision);
  const wrongSession =
    decision.session_id !== undefined && found?.sessionId !== decision.session_id;
  const wrongPlan = decision.plan_id !== undefined && found?.planId !== decision.plan_id;
  if (
    found === null ||
    wrongSession ||
    wrongPlan ||
    (found.userId !== actor.id && !may(actor, 'read_all'))
  ) {
    throw new HilError(
      'approval_unknown',
      'no approval with that id was asked for in this session',
    );
  }
  const { approval, run } = await readTogether(storage, found);
  const decided = approval.status === 'approved' || approval.status === 'rejected';
  if (isFinal(run.state)) {
    if (decided) throw alreadyDecided(approval);
    throw new HilError('run_ended', `the run has ended: ${run.state}`);
  }
  if (approval.planId !== (run.context.plan?.plan_id ?? null)) {
    throw new HilError(
      'approval_stale',
      'that plan was replaced by a newer revision; decide on the newest approval_request',
    );
  }
  if (decided) throw alreadyDecided(approval);
  if (approval.status !== 'pending') {
    throw new HilError(
      'approval_stale',
      'that approval is void; decide on the newest approval_request',
    );
  }
  if (decision.plan_hash !== undefined && decision.plan_hash !== approval.card.plan_hash) {
    throw new HilError('approval_stale', 'plan_hash is not the hash of the plan that waits');
  }
  if (approval.expiresAt.getTime() <= Date.now()) {
    throw new HilError('run_ended', 'the approval has expired');
  }
  return { approval, run };
}

/**
 * Every card of a run names the plan. Who names nothing else answers the card of the plan itself, decided or not:
 * a late yes to the plan must not be a yes to what was asked after it.
 */
async function meantApproval(storage: RunStorage, decision: Decision): Promise<Approval | null> {
  const { approval_id: approvalId, plan_id: planId = '', kind, selection } = decision;
  if (approvalId !== undefined) return storage.approval({ approvalId });
  if (kind === undefined && selection !== undefined)
    return storage.approval({ planId, kind: 'diff' });
  const asked = await storage.approval({ planId, kind: 'plan' });
  // A plan that passed by policy was never asked about.
  return asked === null && kind === undefined ? storage.approval({ planId }) : asked;
}

/**
 * The approval and its run, neither from before the other. A pending approval is read after its run: a
 * decision that moved the run in between shows. One that is settled stays so, and its run is read after
 * it: a cancel that voided it in between shows.
 */
async function readTogether(
  storage: RunStorage,
  { id, runId }: Approval,
): Promise<{ approval: Approval; run: Run }> {
  const before = await storage.run(runId);
  const approval = await storage.approval({ approvalId: id });
  const run = approval?.status === 'pending' ? before : await storage.run(runId);
  if (run === null || approval === null)
    throw new HilError('approval_unknown', 'the run of this approval no longer exists');
  return { approval, run };
}

/**
 * What a decision does to the run, and the row that records it.
 * @throws HilError validation_error when its selection can't be carried out
 */
export function judge(
  actor: Actor,
  approval: Approval,
  decision: Decision,
): { event: RunEvent; row: ApprovalDecision } {
  const { kind, files, budget } = approval.card;
  const chosen = selectionOf(approval, decision);
  const { approved, notes, codeEdits, reviewDiff, selection } = decision;
  const reason = decision.reason ?? notes ?? '';
  const event: RunEvent = approved
    ? {
        type: 'approval_granted',
        kind,
        by: actor.id,
        ...(reason === '' ? {} : { notes: reason }),
        ...(reviewDiff === undefined ? {} : { reviewDiff }),
        ...(chosen === null ? {} : { selection: chosen }),
        ...(codeEdits === undefined ? {} : { codeEdits }),
        ...(files === undefined ? {} : { files }),
        ...(budget === undefined ? {} : { budget }),
      }
    : {
        type: 'approval_refused',
        kind,
        by: actor.id,
        reason,
        final: endsTheRun(decision, kind, reason),
      };
  const row: ApprovalDecision = {
    approvalId: approval.id,
    status: approved ? 'approved' : 'rejected',
    decidedBy: actor.id,
    reason: reason === '' ? null : reason,
    selection: selection ?? null,
  };
  return { event, row };
}

/** A "no" without a reason gives a planner nothing to do better: it ends the run. A reason asks for another revision. */
function endsTheRun({ final }: Decision, kind: ApprovalKind, reason: string): boolean {
  return final ?? (reason.trim() === '' && kind !== 'unsandboxed');
}

/**
 * What stays and what goes of a diff; null when all of it stays. A file stands for all of its hunks.
 * @throws HilError validation_error for an id that is not on the card, or when nothing would stay
 */
function selectionOf(
  approval: Approval,
  { approved, selection }: Decision,
): { accepted: string[]; dropped: string[] } | null {
  const { kind, hunks = [] } = approval.card;
  if (!approved || selection === undefined) return null;
  if (kind !== 'diff')
    throw new HilError(
      'validation_error',
      `a selection is for diffs; this approval is of a ${kind}`,
    );
  const known = new Set(hunks.flatMap(({ id, file }) => [id, file]));
  const unknown = selection.filter((id) => !known.has(id));
  if (unknown.length > 0) {
    throw new HilError(
      'validation_error',
      `the selection names ${unknown.slice(0, 3).join(', ')}, which the diff does not have`,
    );
  }
  const chosen = new Set(selection);
  const stays = (hunk: { id: string; file: string }): boolean =>
    chosen.has(hunk.id) || chosen.has(hunk.file);
  const accepted = hunks.filter(stays).map(({ id }) => id);
  const dropped = hunks.filter((hunk) => !stays(hunk)).map(({ id }) => id);
  if (dropped.length === 0) return null;
  if (accepted.length === 0) {
    throw new HilError(
      'validation_error',
      'the selection accepts nothing; reject the diff instead, with a reason for another revision',
    );
  }
  return { accepted, dropped };
}

function alreadyDecided(approval: Approval): HilError {
  return new HilError(
    'approval_already_decided',
    `that approval was ${approval.status} by ${approval.decidedBy ?? 'somebody'} before; another one is answered by its approval_id`,
  );
}
