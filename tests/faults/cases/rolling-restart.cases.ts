import { WORKER_APPS } from '@hil/contracts';
import { describe, expect, it } from '@jest/globals';
import { SMALL_CHANGE, slowTest, small } from '../../support/repositories.js';
import { approve } from '../../support/run.js';
import { report, spread } from '../support/figures.js';
import type { AppName, Fleet } from '../support/fleet.js';
import { type Flight, expectEffects, expectLanded, takeOff } from '../support/outcome.js';
import { scaled, timeFor } from '../support/scale.js';

export function rollingRestartCases(running: () => Fleet): void {
  const rounds = scaled(1, 5);
  const runs = scaled(3, 12);

  describe('SIGTERM', () => {
    it(
      'to one app after the other while runs are at work: no run fails',
      async () => {
        const fleet = running();
        const stops: number[] = [];
        for (let round = 0; round < rounds; round += 1) {
          const before = fleet.seen();
          const chat = await fleet.open();
          const flights: Flight[] = [];
          const approvals: Promise<unknown>[] = [];
          for (let index = 0; index < runs; index += 1) {
            const flight = await takeOff(fleet, chat, {
              files: { ...small(), ...slowTest(String(0.3 + Math.random())) },
              message: SMALL_CHANGE,
            });
            flights.push(flight);
            approvals.push(approve(chat, flight, timeFor(runs, 10_000)));
          }
          for (const app of WORKER_APPS) stops.push(await fleet.restart(app));
          await Promise.all(approvals);
          const apps: AppName[] = ['test-runner', 'editor', 'pr-worker', 'gateway'];
          for (const app of apps) stops.push(await fleet.restart(app));
          for (const flight of flights) {
            const { chat: reader } = await expectLanded(fleet, flight);
            const attempts = reader.updates(flight.sessionId).map(({ attempt }) => attempt);
            expect(Math.max(...attempts)).toBe(1);
          }
          expectEffects(fleet, before, runs);
        }
        report('SIGTERM, every app in turn', {
          rounds,
          'runs ended well': `${rounds * runs}/${rounds * runs}`,
          'time to stop': spread(stops, 'ms'),
        });
      },
      timeFor(rounds, 240_000),
    );
  });
}
