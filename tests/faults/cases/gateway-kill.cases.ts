import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentUpdate } from '@hil/contracts';
import { describe, expect, it } from '@jest/globals';
import type { FileMap } from '@hil/testing';
import { SMALL_CHANGE, small } from '../../support/repositories.js';
import { approve } from '../../support/run.js';
import { report, spread } from '../support/figures.js';
import type { Fleet } from '../support/fleet.js';
import { expectLanded, takeOff } from '../support/outcome.js';
import { atScale, scaled, timeFor } from '../support/scale.js';

/** Behind each ten results: the run has to outlast all kills, each with a boot of a gateway. */
const PAUSE_MS = atScale ? 400 : 100;

/**
 * Tests whose results make this many events over both runs of the suite, a little at a time. Each round
 * has a tree of its own: results of a tree that was tested before come from the cache, all at once.
 */
function manyResults(events: number, round: number): FileMap {
  const perRun = Math.ceil(events / 2);
  return {
    ...small(),
    'ROUND.md': `${round}\n`,
    'test/many.test.js': [
      "import { test } from 'node:test';",
      "import { setTimeout as sleep } from 'node:timers/promises';",
      `for (let n = 0; n < ${perRun}; n += 1) test('case ' + n, async () => { if (n % 10 === 0) await sleep(${PAUSE_MS}); });`,
      '',
    ].join('\n'),
  };
}

export function gatewayKillCases(running: () => Fleet): void {
  const rounds = scaled(1, 5);
  const events = 2_000;
  const kills = atScale ? 5 : 3;

  describe('kill -9 of the gateway', () => {
    it(
      `while it streams: resumed at another replica, ${events} events come once and in order`,
      async () => {
        const fleet = running();
        const gaps: number[] = [];
        let total = 0;
        for (let round = 0; round < rounds; round += 1) {
          if (fleet.running('gateway').length < 2) await fleet.start('gateway');
          let chat = await fleet.open();
          const flight = await takeOff(fleet, chat, {
            files: manyResults(events, round),
            message: SMALL_CHANGE,
          });
          const { sessionId } = flight;
          await approve(chat, flight);
          const seen: AgentUpdate[] = [];
          for (let kill = 0; kill < kills; kill += 1) {
            const wanted = (events / (kills + 1)) * (kill + 1) + Math.random() * 100;
            await chat.frame(
              () => seen.length + chat.updates(sessionId).length > wanted,
              `event ${Math.round(wanted)}`,
              120_000,
            );
            const [, other] = fleet.running('gateway');
            if (other === undefined) throw new Error('there is no second gateway');
            const begun = performance.now();
            const { again } = await fleet.crash('gateway');
            seen.push(...chat.updates(sessionId));
            // It was cut off in the middle: the run goes on without anybody who listens.
            expect(seen.at(-1)?.type).not.toBe('summary');
            const last = seen.at(-1)?.seq ?? 0;
            chat = await fleet.open(`session_id=${sessionId}&last_seq=${last}`, other);
            await chat.frame(
              ({ event }) => event === 'agent_update',
              'an event after the resume',
              60_000,
            );
            gaps.push(performance.now() - begun);
            await again;
          }
          await chat.summary(sessionId, 120_000);
          await sleep(200);
          seen.push(...chat.updates(sessionId));
          expect(seen.map(({ seq }) => seq)).toEqual(seen.map((_, index) => index + 1));
          expect(seen.length).toBeGreaterThan(events);
          total += seen.length;
          const { chat: reader } = await expectLanded(fleet, flight);
          // What came live over all gateways is what the log holds.
          expect(seen).toEqual(reader.updates(sessionId));
          expect(Math.max(...seen.map(({ attempt }) => attempt))).toBe(1);
          const spare = fleet.running('gateway').slice(1);
          for (const gateway of spare) await gateway.stop();
        }
        report('kill -9 of the gateway while streaming', {
          rounds,
          'kills a round': kills,
          'events received': `${total}/${total}`,
          'doubled or out of order': 0,
          'kill to next event at the other replica': spread(gaps, 'ms'),
        });
      },
      timeFor(rounds, 240_000),
    );
  });
}
