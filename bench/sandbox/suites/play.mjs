import { connect } from '@hil/client';

/**
 * One run from the message to the summary; whatever it asks is approved. Answers the summary and what the tests
 * streamed: closing results by phase, and each failure after the change.
 */
export async function play(socket, repository, message, minutes) {
  const client = connect({ url: socket });
  const timer = setTimeout(() => client.close(), minutes * 60_000);
  const seen = { closing: {}, failures: [], log: [] };
  try {
    const updates = client.updates();
    const { session_id } = await client.chat(message, { repo_url: repository });
    for await (const { session_id: of, type, data } of updates) {
      if (of !== session_id) continue;
      if (type === 'summary') return { ...seen, summary: data };
      if (type === 'log' && data.level !== 'debug') seen.log.push(data.message);
      if (type === 'approval_request') await approve(client, session_id, data);
      if (type !== 'test_result' || data.kind !== 'test') continue;
      if (data.totals !== undefined) seen.closing[data.phase] = data;
      else if (data.phase === 'after' && ['failed', 'error'].includes(data.status))
        seen.failures.push(data);
    }
    throw new Error(`no summary in ${minutes} minutes:\n${seen.log.slice(-10).join('\n')}`);
  } finally {
    clearTimeout(timer);
    client.close();
  }
}

function approve(client, session_id, { kind, plan_id, plan_hash, approval_id }) {
  return kind === 'plan'
    ? client.approvePlan({ session_id, plan_id, plan_hash })
    : client.decide({ session_id, approval_id, approved: true });
}
