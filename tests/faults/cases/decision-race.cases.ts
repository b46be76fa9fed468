import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientEventData } from '@hil/contracts';
import { describe, expect, it } from '@jest/globals';
import type { Answer, Chat } from '../../support/chat.js';
import { SMALL_CHANGE, small } from '../../support/repositories.js';
import { planOf } from '../../support/run.js';
import { report, spread } from '../support/figures.js';
import type { Fleet } from '../support/fleet.js';
import { type Flight, expectEffects, expectLanded, takeOff } from '../support/outcome.js';
import { scaled, timeFor } from '../support/scale.js';

/** `ok`, or the code it was refused with. */
const verdict = (ack: Answer['ack']): string => (ack.ok ? 'ok' : String(ack.code));

function tally(verdicts: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const each of verdicts) counts[each] = (counts[each] ?? 0) + 1;
  return counts;
}

async function waiting(
  fleet: Fleet,
  chat: Chat,
): Promise<{ flight: Flight; decision: ClientEventData<'approve_plan'> }> {
  const flight = await takeOff(fleet, chat, { files: small(), message: SMALL_CHANGE });
  const card = await planOf(chat, flight);
  return {
    flight,
    decision: {
      session_id: flight.sessionId,
      plan_id: card.plan_id,
      plan_hash: card.plan_hash,
      approved: true,
    },
  };
}

export function decisionRaceCases(running: () => Fleet): void {
  describe('decisions that race', () => {
    it('200 approves at once, over sockets and REST: one is accepted', async () => {
      const fleet = running();
      const rounds = scaled(1, 5);
      const times: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const before = fleet.seen();
        const chat = await fleet.open();
        const { flight, decision } = await waiting(fleet, chat);
        const sockets = await Promise.all(Array.from({ length: 100 }, () => fleet.open()));
        const begun = performance.now();
        const overSockets = sockets.map(async (socket) => {
          const { ack } = await socket.command('approve_plan', decision);
          return verdict(ack);
        });
        const card = await planOf(chat, flight);
        const overRest = Array.from({ length: 100 }, async () => {
          const answer = await fetch(
            `${fleet.one('gateway').address}/api/approvals/${card.approval_id}`,
            {
              method: 'POST',
              headers: { 'content-type': 'application/json' },
              body: JSON.stringify({ approved: true, plan_hash: card.plan_hash, id: randomUUID() }),
            },
          );
          if (answer.ok) return 'ok';
          return ((await answer.json()) as { code: string }).code;
        });
        const counts = tally(await Promise.all([...overSockets, ...overRest]));
        times.push(performance.now() - begun);
        expect(counts['ok']).toBe(1);
        expect(counts).toEqual({ ok: 1, approval_already_decided: 199 });
        await expectLanded(fleet, flight);
        expectEffects(fleet, before, 1);
        fleet.calm();
      }
      report('200 concurrent approves', {
        rounds,
        accepted: `1 of 200 in each`,
        'refused otherwise than approval_already_decided': 0,
        'all answered within': spread(times, 'ms'),
      });
    }, 240_000);

    it(
      'approve against cancel: whoever is first, the state and the answers agree',
      async () => {
        const fleet = running();
        const rounds = scaled(5, 100);
        const chat = await fleet.open();
        const other = await fleet.open();
        const seen: string[] = [];
        for (let round = 0; round < rounds; round += 1) {
          const before = fleet.seen();
          const { flight, decision } = await waiting(fleet, chat);
          const [approval, cancel] = await Promise.all([
            sleep(Math.random() * 6).then(() => chat.command('approve_plan', decision)),
            sleep(Math.random() * 6).then(() =>
              other.command('cancel_request', { session_id: flight.sessionId }),
            ),
          ]);
          const pair = `${verdict(approval.ack)}/${verdict(cancel.ack)}`;
          seen.push(pair);
          // The cancel always comes through: before the approval, or to the run that began by it.
          expect(['ok/ok', 'run_ended/ok']).toContain(pair);
          const { summary } = await expectLanded(fleet, flight, { outcome: 'cancelled' });
          const { rows } = await fleet.rows.query<{ status: string }>(
            'SELECT status FROM approval WHERE run_id = $1',
            [flight.runId],
          );
          expect(rows).toEqual([{ status: pair === 'ok/ok' ? 'approved' : 'void' }]);
          // A cancel that comes after the push tells what exists.
          expectEffects(fleet, before, summary.branch === undefined ? 0 : 1);
          if (pair !== 'ok/ok') expect(summary.branch).toBeUndefined();
        }
        report('approve against cancel', { rounds, ...tally(seen) });
      },
      timeFor(100, 10_000),
    );
  });
}

/** Needs a fleet whose approvals expire after two seconds. */
export function expiryRaceCases(running: () => Fleet): void {
  it(
    'approve against expiry: one of them happens, never both',
    async () => {
      const fleet = running();
      const rounds = scaled(3, 50);
      const chat = await fleet.open();
      const seen: string[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const flight = await takeOff(fleet, chat, { files: small(), message: SMALL_CHANGE });
        const card = await planOf(chat, flight);
        const left = Date.parse(card.expires_at) - Date.now();
        await sleep(Math.max(0, left - 60 + Math.random() * 120));
        const { ack } = await chat.command('approve_plan', {
          session_id: flight.sessionId,
          plan_id: card.plan_id,
          plan_hash: card.plan_hash,
          approved: true,
        });
        seen.push(verdict(ack));
        expect(['ok', 'run_ended']).toContain(verdict(ack));
        const { rows } = await fleet.rows.query<{ status: string }>(
          `SELECT status FROM approval WHERE run_id = $1`,
          [flight.runId],
        );
        if (ack.ok) {
          expect(rows).toEqual([{ status: 'approved' }]);
          await expectLanded(fleet, flight);
        } else {
          await expectLanded(fleet, flight, { outcome: 'expired' });
        }
      }
      report('approve against expiry', { rounds, ...tally(seen) });
    },
    timeFor(50, 15_000),
  );
}
