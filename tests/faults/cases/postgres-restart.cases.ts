import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { Chat } from '../../support/chat.js';
import { SMALL_CHANGE, slowTest, small } from '../../support/repositories.js';
import { planOf } from '../../support/run.js';
import { report, spread } from '../support/figures.js';
import type { Fleet, Served } from '../support/fleet.js';
import { expectEffects, expectLanded } from '../support/outcome.js';
import { scaled, timeFor } from '../support/scale.js';

/** Sends a command under one id until it is accepted, as a client does; answers the refusals it saw. */
async function insist(
  chat: Chat,
  event: 'chat_message' | 'approve_plan',
  data: Parameters<Chat['send']>[1],
): Promise<{ sessionId: string; runId: string; refusals: string[] }> {
  const id = randomUUID();
  const refusals: string[] = [];
  for (;;) {
    const seen = chat.all('ack').filter((ack) => ack.id === id).length;
    chat.send(event, { ...data, id } as never);
    await chat.frame(
      () => chat.all('ack').filter((ack) => ack.id === id).length > seen,
      `an answer to ${event}`,
      60_000,
    );
    const ack = chat.all('ack').findLast((each) => each.id === id);
    if (ack?.ok === true) {
      return { sessionId: ack.session_id ?? '', runId: ack.run_id ?? '', refusals };
    }
    const code = String(ack?.code);
    refusals.push(code);
    // Its first answer was lost on the way: the decision is in force.
    if (code === 'approval_already_decided') throw new Error('the same id was decided twice');
    await sleep(100);
  }
}

export function postgresRestartCases(running: () => Fleet): void {
  const restarts = scaled(2, 10);
  const runs = scaled(5, 40);

  describe('PostgreSQL', () => {
    it(
      'restarted at once under load: what was accepted is kept, clients get an answer, no app ends',
      async () => {
        const fleet = running();
        const effects = fleet.seen();
        const before = fleet.apps.filter((app) => app.running).map(({ pid }) => pid);
        const chat = await fleet.open();
        const refusals: string[] = [];
        const outages: number[] = [];
        let over = false;
        const restarting = (async () => {
          for (let restart = 0; restart < restarts; restart += 1) {
            await sleep(800 + Math.random() * 2_000);
            const begun = performance.now();
            await fleet.crashPostgres();
            outages.push(performance.now() - begun);
          }
          over = true;
        })();
        const repositories: Served[] = [];
        for (let index = 0; index < runs; index += 1) {
          repositories.push(await fleet.serve({ ...small(), ...slowTest('0.3') }));
        }
        const flights = await Promise.all(
          repositories.map(async (repository, index) => {
            await sleep(index * 150);
            const run = await insist(chat, 'chat_message', {
              message: SMALL_CHANGE,
              repo_url: repository.url,
            });
            const card = await planOf(chat, run, 1, 60_000 + runs * 4_000);
            const decision = await insist(chat, 'approve_plan', {
              session_id: run.sessionId,
              plan_id: card.plan_id,
              plan_hash: card.plan_hash,
              approved: true,
            });
            refusals.push(...run.refusals, ...decision.refusals);
            return { ...run, repository, tasks: 1 };
          }),
        );
        await restarting;
        expect(over).toBe(true);
        for (const flight of flights) await expectLanded(fleet, flight);
        expectEffects(fleet, effects, runs);
        expect([...new Set(refusals)].filter((code) => code !== 'service_unavailable')).toEqual([]);
        expect(fleet.apps.filter((app) => app.running).map(({ pid }) => pid)).toEqual(before);
        report('PostgreSQL, immediate restart under load', {
          restarts,
          'runs ended well': `${runs}/${runs}`,
          'accepted and lost': 0,
          'answers "service_unavailable"': refusals.length,
          outage: spread(outages, 'ms'),
        });
      },
      timeFor(restarts + runs, 15_000),
    );
  });
}
