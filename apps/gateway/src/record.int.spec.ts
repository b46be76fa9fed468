import { setTimeout as delay } from 'node:timers/promises';
import { createPublicKey } from 'node:crypto';
import { verifyRecord } from '@hil/run-record';
import { describe, expect, it } from '@jest/globals';
import { withGateway } from './testing/with-gateway.js';

const LIMIT_MS = 30_000;

const stand = withGateway(
  { API_KEYS: 'dan:developer:dev,eva:developer:other,amy:approver:yes' },
  ({ backend }) => backend.startPlanner(),
);

async function get(path: string, key?: string) {
  const headers: Record<string, string> =
    key === undefined ? {} : { authorization: `Bearer ${key}` };
  const response = await fetch(stand.gateway.url + path, { headers });
  return { status: response.status, text: await response.text() };
}

async function post(path: string, key: string, body: unknown): Promise<Record<string, string>> {
  const response = await fetch(stand.gateway.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return ((await response.json()) as { data: Record<string, string> }).data;
}

async function waitFor<T>(look: () => Promise<T | null | undefined>): Promise<T> {
  for (const until = Date.now() + LIMIT_MS; ; await delay(50)) {
    const seen = await look();
    if (seen != null) return seen;
    if (Date.now() > until) throw new Error('it did not come to that in time');
  }
}

/** A run whose plan was approved by amy, and that dan then cancelled. */
async function endedRun(): Promise<string> {
  const { run_id = '', session_id = '' } = await post('/api/sessions', 'dev', {
    message: 'rename a to b in a.ts',
    repo_url: 'https://git.example.org/x.git',
  });
  const approval = await waitFor(() => stand.backend.storage.pendingApproval(run_id));
  expect((await get(`/api/runs/${run_id}/record`, 'dev')).status).toBe(404);
  await post(`/api/approvals/${approval.id}`, 'yes', { approved: true });
  await post(`/api/sessions/${session_id}/cancel`, 'dev', {});
  await waitFor(async () => ((await stand.backend.storage.run(run_id))?.summarised ? true : null));
  return run_id;
}

async function publishedKey() {
  const { status, text } = await get('/api/record-key');
  expect(status).toBe(200);
  const { data } = JSON.parse(text) as { data: { public_key: string } };
  return createPublicKey(data.public_key);
}

describe('the record of a run', () => {
  it('says who approved which plan, and is verified with the published key', async () => {
    const runId = await endedRun();
    const { status, text } = await get(`/api/runs/${runId}/record`, 'dev');
    expect(status).toBe(200);
    const verdict = verifyRecord(text, [await publishedKey()]);
    expect(verdict.problems).toEqual([]);
    expect(verdict.record).toMatchObject({
      run: { run_id: runId, user: 'dan', outcome: 'cancelled' },
      approvals: [{ kind: 'plan', revision: 1, status: 'approved', decided_by: 'amy' }],
      log: { complete: true },
      files: [{ name: 'change.patch' }],
    });
    expect(verdict.record?.log.events.at(-1)?.event.type).toBe('summary');
    // Asked for again it is the very same.
    expect((await get(`/api/runs/${runId}/record`, 'dev')).text).toBe(text);
    expect((await get(`/api/runs/${runId}/record`, 'other')).status).toBe(404);
    expect((await get(`/api/runs/${runId}/record`)).status).toBe(401);
  });

  it('is not made again from a log that was altered after it was sealed', async () => {
    const runId = await endedRun();
    expect((await get(`/api/runs/${runId}/record`, 'dev')).status).toBe(200);
    await stand.backend.database.pool.query(
      `UPDATE event SET data = jsonb_set(data, '{message}', '"nothing happened"')
        WHERE run_id = $1::uuid AND type = 'status' AND seq < 5`,
      [runId],
    );
    const { status, text } = await get(`/api/runs/${runId}/record`, 'dev');
    expect([status, text]).toEqual([500, expect.stringContaining('no longer what was sealed')]);
  });

  it('tells of an approval that was written into the database by hand', async () => {
    const runId = await endedRun();
    await stand.backend.database.pool.query(
      `UPDATE approval SET decided_by = 'dan' WHERE run_id = $1::uuid`,
      [runId],
    );
    const { text } = await get(`/api/runs/${runId}/record`, 'dev');
    expect(verifyRecord(text, [await publishedKey()]).problems).toEqual([
      expect.stringContaining('nobody is on record as having decided'),
    ]);
  });
});
