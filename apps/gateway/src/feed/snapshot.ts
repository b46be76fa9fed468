import { type AgentUpdate, HilError } from '@hil/contracts';
import { type RunStorage, summaryOf } from '@hil/workflow';

/**
 * What a client needs to go on without the past: the state of the session's latest run as an
 * `agent_update` of type `snapshot`. Its `seq` is the last one it stands for; live events follow.
 * @throws HilError session_unknown
 */
export async function snapshotOf(
  storage: RunStorage,
  sessionId: string,
): Promise<{ update: AgentUpdate | null; seq: number }> {
  // The position is read before the state: what happens in between is told twice, never lost.
  const session = await storage.session(sessionId);
  if (session === null) throw new HilError('session_unknown', 'there is no such session');
  const run = await storage.latestRun(sessionId);
  if (run === null || session.lastSeq === 0) return { update: null, seq: session.lastSeq };
  const pending = await storage.pendingApproval(run.id);
  const { plan, edit } = run.context;
  return {
    seq: session.lastSeq,
    update: {
      type: 'snapshot',
      timestamp: new Date().toISOString(),
      stage: run.stage,
      session_id: sessionId,
      run_id: run.id,
      seq: session.lastSeq,
      attempt: run.attempt,
      data: {
        state: run.state,
        ...(plan === undefined ? {} : { plan }),
        ...(pending === null ? {} : { approval: pending.card }),
        ...(run.summarised ? { summary: summaryOf(run) } : {}),
        ...(edit === undefined ? {} : { files: edit.files.map((file) => file.path) }),
      },
    },
  };
}
