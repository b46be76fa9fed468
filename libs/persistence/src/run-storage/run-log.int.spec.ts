import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Lease, LogEntry, Run, RunCommit } from '@hil/workflow';
import { RunWorld, SECRET, actor, eventually, jobOf } from './testing/run-world.js';

let world: RunWorld;
beforeAll(async () => {
  world = await RunWorld.open();
}, 60_000);
afterAll(() => world.close());

const line = (message: string, attempt = 1): LogEntry => ({
  update: { type: 'log', data: { message, level: 'info', source: 'test' } },
  stage: 'intent_extraction',
  attempt,
});

async function leased(leaseMs = 60_000): Promise<{ run: Run; lease: Lease }> {
  const run = await world.started(actor());
  // The first job is sent behind the commit's back.
  await eventually(async () => (await world.count('outbox', run)) === 0);
  const claimed = await world.storage.claim(jobOf(run), 'worker', leaseMs);
  if (claimed === null) throw new Error('the claim was refused');
  return { run: claimed, lease: leaseOf(claimed) };
}

function leaseOf(run: Run): Lease {
  return { runId: run.id, sessionId: run.sessionId, version: run.version, epoch: run.leaseEpoch };
}

/** What a worker commits at the end of intent_extraction. */
function advanceOf(run: Run, more: Partial<RunCommit> = {}): RunCommit {
  return {
    expected: {
      runId: run.id,
      version: run.version,
      state: run.state,
      leaseEpoch: run.leaseEpoch,
    },
    run: { ...run, state: 'pkg_query', stage: 'pkg_query', version: run.version + 1, attempt: 0 },
    context: { set: {}, removed: [] },
    releaseLease: true,
    entries: [line('moved on')],
    dispatch: true,
    voidApprovals: false,
    artifacts: [],
    ...more,
  };
}

const artifact = (text: string) =>
  ({ kind: 'patch', mediaType: 'text/plain', content: Buffer.from(text) }) as const;

/** Everything of a run that a write could change. */
async function everything(run: Run): Promise<unknown> {
  const [row, events, outbox, session, artifacts, audits] = await Promise.all([
    world.run(run.id),
    world.events(run),
    world.count('outbox', run),
    world.storage.session(run.sessionId),
    world.count('artifact', run),
    world.count('audit_entry', run),
  ]);
  return { row, events, outbox, lastSeq: session?.lastSeq, artifacts, audits };
}

describe('the log of a session', () => {
  it('is numbered 1, 2, 3 … without gap or doubling while four writers append 250 times each', async () => {
    const { run, lease } = await leased();
    const before = (await world.storage.session(run.sessionId))?.lastSeq ?? -1;
    await Promise.all(
      ['a', 'b', 'c', 'd'].map(async (writer) => {
        for (let i = 0; i < 250; i += 1) {
          // A person's message now and then comes by another way into the same log.
          if (i % 50 === 0) await world.storage.note(run.id, [line(`${writer} note`)], null);
          const done = await world.storage.append(lease, [line(`${writer} ${i}`)]);
          expect(done?.lastSeq).toBeGreaterThan(0);
        }
      }),
    );
    const events = await world.events(run);
    expect(events.map(({ seq }) => seq)).toEqual(
      Array.from({ length: before + 1_020 }, (_, index) => index + 1),
    );
    expect((await world.storage.session(run.sessionId))?.lastSeq).toBe(before + 1_020);
    for (const writer of ['a', 'b', 'c', 'd']) {
      const own = events.flatMap((event) =>
        event.type === 'log' && new RegExp(`^${writer} \\d`).test(event.data.message)
          ? [event.data.message]
          : [],
      );
      expect(own).toEqual(Array.from({ length: 250 }, (_, i) => `${writer} ${i}`));
    }
  });

  it('is read from any place on, in order, and is never younger at a lower number', async () => {
    const { run, lease } = await leased();
    await world.storage.append(lease, [line('one'), line('two'), line('three')]);
    const all = await world.events(run);
    expect(await world.storage.events(run.sessionId, 2, 2)).toEqual(all.slice(2, 4));
    const times = all.map(({ timestamp }) => timestamp);
    expect(times).toEqual([...times].sort());
  });

  it('keeps what tests may print: NUL characters and halves of surrogate pairs are replaced', async () => {
    const { run, lease } = await leased();
    await world.storage.append(lease, [line('a\0b \ud800 c \udc00 ok 😀')]);
    expect((await world.eventsOf(run, 'log')).at(-1)?.data.message).toBe('a�b � c � ok 😀');
  });

  it('never holds a secret, in an event, a context, an artifact’s run or an audit entry', async () => {
    const { run, lease } = await leased();
    await world.storage.append(lease, [line(`token ${SECRET}`)]);
    await world.storage.checkpoint(lease, {
      context: { ending: `with ${SECRET}` },
      artifacts: [],
      entries: [],
    });
    await world.storage.note(run.id, [line(`note ${SECRET}`)], `steer ${SECRET}`);
    await world.storage.commit(
      advanceOf(run, { audit: { actor: 'a', action: 'b', details: { reason: SECRET } } }),
    );
    const { rows } = await world.database.pool.query<{ dump: string }>(
      `SELECT (SELECT json_agg(run)::text FROM run WHERE id = $1::uuid)
           || (SELECT json_agg(event)::text FROM event WHERE run_id = $1::uuid)
           || (SELECT json_agg(audit_entry)::text FROM audit_entry WHERE run_id = $1::uuid) AS dump`,
      [run.id],
    );
    expect(rows[0]?.dump).toContain('[redacted]');
    expect(rows[0]?.dump).not.toContain(SECRET);
  });

  it('never holds somebody else’s key in what is said of a run: log lines, statuses, errors', async () => {
    const { run, lease } = await leased();
    const key = `ghp_${'Ab3'.repeat(12)}`;
    const message = `the suite said ${key}`;
    await world.storage.append(lease, [
      line(message),
      { ...line(''), update: { type: 'status', data: { state: 'failed', message } } },
      {
        ...line(''),
        update: { type: 'error', data: { code: 'internal_error', message, retryable: false } },
      },
    ]);
    const said = (await world.events(run)).slice(-3);
    expect(said.map(({ type }) => type)).toEqual(['log', 'status', 'error']);
    for (const { data } of said)
      expect(data).toMatchObject({ message: 'the suite said [redacted]' });
  });

  it('refuses an event over 256 KiB, says why, and stores nothing of that write', async () => {
    const { run, lease } = await leased();
    const before = await everything(run);
    const written = world.storage.append(lease, [line('fits'), line('x'.repeat(256 * 1024))]);
    await expect(written).rejects.toMatchObject({
      code: 'internal_error',
      message: /an event of type log has \d+ bytes; at most 262144 fit/,
    });
    expect(await everything(run)).toEqual(before);
  });
});

describe('a transition', () => {
  it('writes state, events, outbox, artifacts and audit together', async () => {
    const { run } = await leased();
    const outbox = await world.count('outbox', run);
    const audit = { actor: 'a', action: 'b', details: {} };
    const done = await world.storage.commit(
      advanceOf(run, { artifacts: [artifact('diff')], audit }),
    );
    expect(await world.run(run.id)).toMatchObject({
      state: 'pkg_query',
      version: run.version + 1,
      leaseUntil: null,
    });
    expect((await world.events(run)).at(-1)).toMatchObject({ seq: done?.lastSeq, type: 'log' });
    expect(await world.count('outbox', run)).toBe(outbox + 1);
    expect(await world.count('audit_entry', run)).toBe(1);
    const stored = await world.storage.artifact(run.id, 'patch');
    expect(Buffer.from(stored?.content ?? []).toString()).toBe('diff');
  });

  it.each([
    ['the events', 'event', 'BEFORE INSERT'],
    ['the outbox', 'outbox', 'BEFORE INSERT'],
    ['an artifact', 'artifact', 'BEFORE INSERT'],
    ['the audit', 'audit_entry', 'BEFORE INSERT'],
    ['the number of the last event', 'session', 'BEFORE UPDATE'],
  ])('that fails at %s leaves nothing at all', async (_what, table, when) => {
    const { run } = await leased();
    const before = await everything(run);
    await world.sql(`CREATE OR REPLACE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'disk full'; END $$`);
    await world.sql(`CREATE TRIGGER broken ${when} ON ${table} EXECUTE FUNCTION broken()`);
    try {
      const audit = { actor: 'a', action: 'b', details: {} };
      const commit = advanceOf(run, { artifacts: [artifact('diff')], audit });
      await expect(world.storage.commit(commit)).rejects.toThrow('disk full');
    } finally {
      await world.sql(`DROP TRIGGER broken ON ${table}`);
    }
    expect(await everything(run)).toEqual(before);
  });

  it('never undoes progress or steering that was stored since the run was read', async () => {
    const by = actor();
    const { run, lease } = await (async () => {
      const started = await world.started(by);
      const claimed = await world.storage.claim(jobOf(started), 'worker', 60_000);
      if (claimed === null) throw new Error('the claim was refused');
      return { run: claimed, lease: leaseOf(claimed) };
    })();
    const graph = { modules: 5, symbols: 5, edges: 5, languages: [] };
    const realRun = world.storage.latestRun.bind(world.storage);
    // The cancel reads the row; before it commits, the worker saves progress.
    world.storage.latestRun = async (sessionId) => {
      const read = await realRun(sessionId);
      await world.storage.checkpoint(lease, { context: { graph }, artifacts: [], entries: [] });
      await world.storage.note(run.id, [], 'steer');
      return read;
    };
    try {
      await world.commands().cancel(by, { session_id: run.sessionId });
    } finally {
      world.storage.latestRun = realRun;
    }
    const { state, context } = await world.run(run.id);
    expect(state).toBe('cancelled');
    expect(context).toMatchObject({ graph, steering: ['steer'] });
    expect(context.ending).toContain('Cancelled');
  });
});

describe('a lease', () => {
  const writes: [string, (run: Run, lease: Lease) => Promise<unknown>][] = [
    ['append', (_run, lease) => world.storage.append(lease, [line('late')])],
    [
      'checkpoint',
      (_run, lease) =>
        world.storage.checkpoint(lease, {
          context: { ending: 'late' },
          artifacts: [artifact('late')],
          entries: [line('late')],
        }),
    ],
    [
      'commit',
      (run, lease) =>
        world.storage.commit(
          advanceOf(
            { ...run, leaseEpoch: lease.epoch, version: lease.version },
            {
              artifacts: [artifact('late')],
            },
          ),
        ),
    ],
    ['heartbeat', (_run, lease) => world.storage.heartbeat(lease, 60_000)],
  ];

  it.each(writes)('lost to another worker lets %s write nothing', async (_name, write) => {
    const { run, lease } = await leased(-1);
    expect(await world.storage.claim(jobOf(run), 'second', 60_000)).toMatchObject({ attempt: 2 });
    const before = await everything(run);
    expect(await write(run, lease)).toBeNull();
    expect(await world.storage.release(lease)).toBe(false);
    expect(await everything(run)).toEqual(before);
  });

  it.each(writes)('on an older version lets %s write nothing', async (_name, write) => {
    const { run, lease } = await leased();
    await world.storage.commit(advanceOf(run));
    const before = await everything(run);
    expect(await write(run, lease)).toBeNull();
    expect(await world.storage.release(lease)).toBe(false);
    expect(await everything(run)).toEqual(before);
  });

  it.each(writes.filter(([name]) => name !== 'heartbeat'))(
    'of a cancelled run whose summary is written lets %s write nothing',
    async (_name, write) => {
      const { run, lease } = await leased(-1);
      await world.sql(
        `UPDATE run SET state = 'cancelled', outcome = 'cancelled', ended_at = now(), active_session_id = NULL, cancel_requested = true WHERE id = $1::uuid`,
        [run.id],
      );
      expect(await world.storage.summarise(run.id, line('summary'), null)).not.toBeNull();
      const before = await everything(run);
      expect(await write(run, lease)).toBeNull();
      expect(await everything(run)).toEqual(before);
    },
  );

  it('that is live is not given to another worker; one that ran out is, as the next attempt', async () => {
    const { run, lease } = await leased(60_000);
    expect(await world.storage.claim(jobOf(run), 'second', 60_000)).toBeNull();
    await world.storage.heartbeat(lease, -1);
    const second = await world.storage.claim(jobOf(run), 'second', 60_000);
    expect(second).toMatchObject({ attempt: 2 });
    expect(second?.leaseEpoch).not.toBe(lease.epoch);
  });

  it('that was lost with the database lets its worker write nothing, once another has the run', async () => {
    const { run, lease } = await leased(60_000);
    // As after a crash that took the claim back, and nothing else.
    await world.sql(
      'UPDATE run SET lease_epoch = 0, lease_until = NULL, lease_owner = NULL, attempt = 0 WHERE id = $1::uuid',
      [run.id],
    );
    const second = await world.storage.claim(jobOf(run), 'second', 60_000);
    expect(second).toMatchObject({ attempt: 1 });
    const before = await everything(run);
    expect(await world.storage.append(lease, [line('too late')])).toBeNull();
    expect(await world.storage.heartbeat(lease, 60_000)).toBeNull();
    expect(await world.storage.release(lease)).toBe(false);
    expect(await everything(run)).toEqual(before);
  });

  it('is given to exactly one of many workers that ask at once', async () => {
    const run = await world.started(actor());
    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, i) => world.storage.claim(jobOf(run), `w${i}`, 60_000)),
    );
    expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
    expect((await world.run(run.id)).attempt).toBe(1);
  });

  it('is not given for another version or another stage', async () => {
    const run = await world.started(actor());
    const job = jobOf(run);
    expect(await world.storage.claim({ ...job, version: 0 }, 'w', 60_000)).toBeNull();
    expect(await world.storage.claim({ ...job, version: 2 }, 'w', 60_000)).toBeNull();
    expect(await world.storage.claim({ ...job, stage: 'editing' }, 'w', 60_000)).toBeNull();
    expect((await world.run(run.id)).attempt).toBe(0);
  });
});
