import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, it } from '@jest/globals';
import { SMALL_CHANGE, slowTest, small } from '../../support/repositories.js';
import { approve, planOf } from '../../support/run.js';
import { report, spread } from '../support/figures.js';
import type { Fleet } from '../support/fleet.js';
import { type Flight, expectEffects, expectLanded, takeOff } from '../support/outcome.js';
import { scaled, timeFor } from '../support/scale.js';

const run = promisify(execFile);

export function redisLostCases(running: () => Fleet): void {
  const runs = scaled(4, 100);
  /** All of them share two processors. */
  const patienceMs = 90_000 + runs * 4_000;
  const ways = [
    ['kill -9, and an empty one in its place', (fleet: Fleet) => fleet.redis.lose()],
    [
      'FLUSHALL',
      async (fleet: Fleet) => {
        await run('redis-cli', ['-u', fleet.redis.url, 'FLUSHALL']);
      },
    ],
  ] as const;

  describe('Redis', () => {
    it.each(ways)(
      '%s with live runs in all states: all end well, nothing twice',
      async (name, lose) => {
        const fleet = running();
        const before = fleet.seen();
        const chat = await fleet.open();
        const flights: Flight[] = [];
        const approvals: Promise<unknown>[] = [];
        // A quarter only waits for its approval when Redis goes; the others are spread over the stages.
        const waits = (index: number): boolean => index % 4 === 0;
        for (let index = 0; index < runs; index += 1) {
          const flight = await takeOff(fleet, chat, {
            files: { ...small(), ...slowTest('0.5') },
            message: SMALL_CHANGE,
          });
          flights.push(flight);
          if (waits(index)) await planOf(chat, flight, 1, patienceMs);
          else approvals.push(approve(chat, flight, patienceMs));
        }
        const { rows } = await fleet.rows.query<{ state: string; runs: number }>(
          'SELECT state, count(*)::int AS runs FROM run WHERE ended_at IS NULL GROUP BY state ORDER BY state',
        );
        const begun = performance.now();
        await lose(fleet);
        for (const [index, flight] of flights.entries()) {
          if (waits(index)) approvals.push(approve(chat, flight, patienceMs));
        }
        await Promise.all(approvals);
        const ends: number[] = [];
        await Promise.all(
          flights.map(async ({ sessionId }) => {
            await chat.summary(sessionId, patienceMs);
            ends.push(performance.now() - begun);
          }),
        );
        for (const flight of flights) await expectLanded(fleet, flight);
        await sleep(500);
        expectEffects(fleet, before, runs);
        report(`Redis: ${name}`, {
          'states at the loss': rows.map((row) => `${row.state} ${row.runs}`).join(' '),
          'runs ended well': `${runs}/${runs}`,
          'pushes beyond one a run': 0,
          'end after the loss': spread(ends, 'ms'),
        });
      },
      timeFor(runs, 30_000),
    );
  });
}
