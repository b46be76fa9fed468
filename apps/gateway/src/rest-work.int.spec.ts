import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { call, withRest } from './testing/rest-stand.js';

const stand = withRest();

/** Starts a run of dan's and waits until its plan is to be decided. */
async function plannedRun() {
  const started = await call(stand.guarded, '/api/sessions', {
    key: 'dev',
    body: { message: 'rename a to b in a.ts', repo_url: 'https://x.example/y.git' },
  });
  expect(started).toMatchObject({ status: 201, body: { status: 'success' } });
  const { session_id, run_id } = started.body.data as { session_id: string; run_id: string };
  for (;;) {
    const { body } = await call(stand.guarded, `/api/runs/${run_id}`, { key: 'dev' });
    const approval = body.data['approval'] as { approval_id: string; plan_id: string } | undefined;
    if (approval !== undefined) return { session_id, run_id, ...approval };
    await delay(50);
  }
}

describe('a graph over REST', () => {
  it('is taken as a job, and options that nobody knows are refused', async () => {
    const body = { repo_url: 'https://x.example/y.git' };
    const started = await call(stand.open, '/clone-and-generate?format=legacy', {
      body,
      headers: { prefer: 'respond-async' },
    });
    expect(started).toMatchObject({ status: 202, body: { status: 'success' } });
    const id = String(started.body.data['job_id']);
    expect(started.headers.get('location')).toContain(`/api/jobs/${id}?`);
    expect(started.headers.get('preference-applied')).toBe('respond-async');
    const late = await call(stand.open, '/clone-and-generate', {
      body,
      headers: { prefer: 'wait=0' },
    });
    expect(late.status).toBe(202);
    expect(late.headers.get('preference-applied')).toBeNull();
    const job = await call(stand.open, `/api/jobs/${id}`);
    expect(job).toMatchObject({ status: 200, body: { data: { job_id: id, run_id: id } } });
    expect(job.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await call(stand.open, `/api/jobs/${randomUUID()}`)).toMatchObject({
      status: 404,
      body: { code: 'run_unknown' },
    });
    expect(await call(stand.open, '/clone-and-generate?format=xml', { body })).toMatchObject({
      status: 400,
      body: { code: 'validation_error', message: expect.stringContaining('format') },
    });
  });

  it('is answered by a job that is done, and by a request that waits for it', async () => {
    const body = { repo_url: 'https://x.example/y.git' };
    const graph = await call(stand.open, '/clone-and-generate', { body });
    expect(graph).toMatchObject({
      status: 200,
      body: { status: 'success', data: { project: { name: 'x' }, modules: [{}, {}] } },
    });
    const { body: started } = await call(stand.open, '/clone-and-generate?format=legacy', {
      body,
      headers: { prefer: 'respond-async' },
    });
    const address = `/api/jobs/${String(started.data['job_id'])}?format=legacy`;
    let job = await call(stand.open, address);
    for (
      const until = Date.now() + 20_000;
      Date.now() < until;
      job = await call(stand.open, address)
    ) {
      if (job.body.data['status'] === 'completed') break;
      await delay(100);
    }
    expect(job.body.data).toMatchObject({
      status: 'completed',
      result: { files: [{ path: 'a.ts', depends_on: ['b.ts'] }, { path: 'b.ts' }] },
    });
  });
});

describe('runs and approvals over REST', () => {
  it('shows a run, its session, its log and its approval', async () => {
    const { session_id, run_id, approval_id, plan_id } = await plannedRun();
    const run = await call(stand.guarded, `/api/runs/${run_id}`, { key: 'dev' });
    expect(run.body.data).toMatchObject({
      state: 'awaiting_approval',
      plan: { plan_id, revision: 1 },
      approval: { approval_id, kind: 'plan', plan_id },
    });
    const session = await call(stand.guarded, `/api/sessions/${session_id}`, { key: 'dev' });
    expect(session.body.data).toMatchObject({ session_id, user: 'dan', runs: [{ run_id }] });
    const last = session.body.data['last_seq'] as number;
    const log = await call(stand.guarded, `/api/sessions/${session_id}/events?after=2&limit=2`, {
      key: 'dev',
    });
    expect(log.body.data).toMatchObject({
      session_id,
      last_seq: last,
      events: [{ seq: 3 }, { seq: 4 }],
    });
    const beyond = await call(
      stand.guarded,
      `/api/sessions/${session_id}/events?after=${last + 1}`,
      {
        key: 'dev',
      },
    );
    expect(beyond).toMatchObject({ status: 410, body: { code: 'resync_required' } });
    expect(
      await call(stand.guarded, `/api/sessions/${session_id}/events?after=-1`, { key: 'dev' }),
    ).toMatchObject({
      status: 400,
    });
    const waiting = await call(stand.guarded, '/api/approvals', { key: 'see' });
    expect(JSON.stringify(waiting.body.data)).toContain(approval_id);
    const listed = await call(stand.open, '/api/sessions?limit=1');
    expect(listed.body.data).toHaveLength(1);
  });

  it('hands out the patch as a file, and says so while nothing was changed', async () => {
    const { run_id } = await plannedRun();
    const headers = { authorization: 'Bearer dev' };
    const patch = await fetch(`${stand.guarded.url}/api/runs/${run_id}/patch`, { headers });
    expect(patch.headers.get('content-disposition')).toBe(
      `attachment; filename="hil-${run_id.slice(0, 8)}.patch"`,
    );
    expect(patch.headers.get('content-type')).toContain('text/x-diff');
    expect(await patch.text()).toBe('--- a\n+++ b\n');
    expect(await call(stand.guarded, `/api/runs/${run_id}/bundle`, { key: 'dev' })).toMatchObject({
      status: 404,
      body: { status: 'error', message: 'this run has changed nothing so far' },
    });
  });

  it('takes one decision of an approval, from a role that may decide', async () => {
    const { approval_id, run_id, plan_id, session_id } = await plannedRun();
    const path = `/api/approvals/${approval_id}`;
    for (const key of ['see', 'dev']) {
      expect(await call(stand.guarded, path, { key, body: { approved: true } })).toMatchObject({
        status: 403,
        body: { code: 'forbidden' },
      });
    }
    const decide = (body: object) => call(stand.guarded, path, { key: 'yes', body });
    expect(await decide({ approved: 'yes' })).toMatchObject({ status: 400 });
    expect(await decide({ approved: true, plan_hash: 'other' })).toMatchObject({
      status: 409,
      body: { code: 'approval_stale' },
    });
    const answers = await Promise.all([1, 2, 3, 4].map(() => decide({ approved: true, plan_id })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe(
      'approval_already_decided',
    );
    const shown = await call(stand.guarded, path, { key: 'see' });
    expect(shown.body.data).toMatchObject({ status: 'approved', decided_by: 'amy' });
    const cancelled = await call(stand.guarded, `/api/sessions/${session_id}/cancel`, {
      key: 'dev',
      body: {},
    });
    expect(cancelled).toMatchObject({ status: 200, body: { data: { run_id } } });
    expect(await decide({ approved: true })).toMatchObject({ status: 409 });
  });

  it('asks for another revision when a plan is rejected with a reason', async () => {
    const { approval_id, plan_id, run_id } = await plannedRun();
    const path = `/api/approvals/${approval_id}`;
    const rejected = await call(stand.guarded, path, {
      key: 'yes',
      body: { approved: false, reason: 'also b.ts' },
    });
    expect(rejected.status).toBe(200);
    for (;;) {
      const { body } = await call(stand.guarded, `/api/runs/${run_id}`, { key: 'dev' });
      const plan = body.data['plan'] as { revision: number; plan_id: string };
      if (body.data['approval'] === undefined || plan.revision !== 2) {
        await delay(50);
        continue;
      }
      expect(plan.plan_id).not.toBe(plan_id);
      break;
    }
    expect(await call(stand.guarded, path, { key: 'yes', body: { approved: true } })).toMatchObject(
      {
        status: 409,
        body: { code: 'approval_stale' },
      },
    );
  });

  it('keeps what belongs to others from a developer', async () => {
    const started = await call(stand.open, '/api/sessions', {
      body: { message: 'what is this project' },
    });
    const { session_id, run_id } = started.body.data;
    expect(await call(stand.guarded, `/api/sessions/${session_id}`, { key: 'dev' })).toMatchObject({
      status: 404,
    });
    expect(await call(stand.guarded, `/api/runs/${run_id}`, { key: 'dev' })).toMatchObject({
      status: 404,
    });
    expect(await call(stand.guarded, `/api/runs/${run_id}`, { key: 'see' })).toMatchObject({
      status: 200,
    });
    const mine = await call(stand.guarded, '/api/sessions', { key: 'dev' });
    expect(JSON.stringify(mine.body.data)).not.toContain(session_id);
  });
});
