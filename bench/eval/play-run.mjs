import { connect } from '@hil/client';

const CANCEL_GRACE_MS = 60_000;
const MAX_SCOPE_REFUSALS = 2;

/** What a question gets that nobody here can answer. */
const UNKNOWN =
  'Nothing more is known than what the request says. Take the reading that fits the request and the code best.';

/**
 * Plays one run as a careful script in a person's place: plans and diffs are approved, a first plan is sent back where
 * the task says so, and everything else (edits beyond the plan, no sandbox, more budget) is refused. Questions get the
 * task's answer once, and after that are told that nothing more is known.
 * @returns the summary, the answers, and what was asked
 */
export async function playRun({ socket, task, repository, minutes }) {
  const client = connect({ url: socket });
  const played = { answers: [], questions: 0, refused: [], timedOut: false };
  let left = task.answer;
  let reject = task.reject;
  let scopes = 0;
  let timer;
  try {
    const updates = client.updates();
    const ack = await client.chat(task.message, { repo_url: repository });
    const session = ack.session_id;
    timer = setTimeout(() => {
      played.timedOut = true;
      client.cancel(session).catch(() => undefined);
      setTimeout(() => client.close(), CANCEL_GRACE_MS).unref();
    }, minutes * 60_000);
    for await (const { session_id: of, type, data } of updates) {
      if (of !== session) continue;
      if (type === 'summary') return { ...played, summary: data };
      if (type === 'query_response') played.answers.push(data.answer);
      else if (type === 'question') {
        played.questions += 1;
        const answer = left ?? UNKNOWN;
        left = undefined;
        await late(client.chat(answer, { session_id: session, question_id: data.question_id }));
      } else if (type === 'approval_request') {
        await late(decide(data, session));
      }
    }
    throw new Error('the connection ended before the run did');
  } finally {
    clearTimeout(timer);
    client.close();
  }

  async function decide({ kind, plan_id, plan_hash, approval_id }, session_id) {
    if (kind === 'plan' && reject !== undefined) {
      const reason = reject;
      reject = undefined;
      return client.rejectPlan({ session_id, plan_id, reason });
    }
    if (kind === 'plan') return client.approvePlan({ session_id, plan_id, plan_hash });
    if (kind === 'diff') return client.decide({ session_id, approval_id, approved: true });
    played.refused.push(kind);
    if (kind !== 'scope') return client.decide({ session_id, approval_id, approved: false });
    scopes += 1;
    if (scopes > MAX_SCOPE_REFUSALS) return client.cancel(session_id);
    const reason = 'Name every file that has to change in the plan, or do without.';
    return client.decide({ session_id, approval_id, approved: false, reason });
  }
}

/** A decision that came too late is no end: the run says itself how it goes on. */
async function late(answer) {
  try {
    await answer;
  } catch (error) {
    if (error?.code === undefined) throw error;
  }
}
