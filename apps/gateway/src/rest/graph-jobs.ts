import { HilError, type ErrorCode, type ProjectGraph, isFinal } from '@hil/contracts';
import { unpackGraph } from '@hil/knowledge-graph';
import { type Actor, type Run, type RunStorage, may, summaryOf } from '@hil/workflow';

/** Log entries that are looked through for the latest progress. */
const RECENT_EVENTS = 60;

/** How far the making of a graph is. */
export interface GraphJob {
  job_id: string;
  run_id: string;
  session_id: string;
  status: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
  progress: { message: string; done?: number; total?: number };
  created_at: string;
  updated_at: string;
  error?: { code: ErrorCode; message: string };
}

/** A graph job is a run that asks what the project is; its id is the run's. */
export async function graphJob(storage: RunStorage, run: Run): Promise<GraphJob> {
  const session = await storage.session(run.sessionId);
  const after = Math.max(session?.droppedSeq ?? 0, (session?.lastSeq ?? 0) - RECENT_EVENTS);
  const events = (await storage.events(run.sessionId, after, RECENT_EVENTS)).filter(
    (one) => one.run_id === run.id,
  );
  let message = run.state === 'received' ? 'waits for a worker' : `at ${run.stage}`;
  let error: GraphJob['error'];
  let counts: { done: number; total: number } | undefined;
  for (const event of events) {
    if (event.type === 'log') {
      message = event.data.message;
      const match = /\b([\d,]+) of ([\d,]+) files/.exec(message);
      if (match) counts = { done: countOf(match[1]), total: countOf(match[2]) };
    }
    if (event.type === 'error') error = { code: event.data.code, message: event.data.message };
  }
  const status = statusOf(run);
  if (status === 'completed') message = 'the graph is ready';
  if (status === 'failed') error ??= { code: 'internal_error', message: summaryOf(run).message };
  return {
    job_id: run.id,
    run_id: run.id,
    session_id: run.sessionId,
    status,
    progress: { message, ...counts },
    created_at: run.createdAt.toISOString(),
    updated_at: run.updatedAt.toISOString(),
    ...(status === 'failed' && error ? { error } : {}),
  };
}

function countOf(text = ''): number {
  return Number(text.replaceAll(',', ''));
}

function statusOf({ state }: Run): GraphJob['status'] {
  if (state === 'received') return 'queued';
  if (!isFinal(state)) return 'running';
  if (state === 'completed') return 'completed';
  return state === 'cancelled' ? 'cancelled' : 'failed';
}

/**
 * The run behind a job id.
 * @throws HilError run_unknown when there is none, or it is somebody else's
 */
export async function visibleJob(storage: RunStorage, actor: Actor, id: string): Promise<Run> {
  const run = await storage.run(id);
  if (run === null || (run.userId !== actor.id && !may(actor, 'read_all'))) throw unknownJob();
  return run;
}

export function unknownJob(): HilError {
  return new HilError('run_unknown', 'there is no such job');
}

/** The graph that a completed run has left; null when it made none. */
export async function storedGraph(
  storage: RunStorage,
  runId: string,
): Promise<ProjectGraph | null> {
  const artifact = await storage.artifact(runId, 'graph');
  return artifact === null ? null : unpackGraph(artifact.content);
}
