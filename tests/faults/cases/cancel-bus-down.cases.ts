import { expect, it } from '@jest/globals';
import { SMALL_CHANGE, slowTest, small } from '../../support/repositories.js';
import { approve } from '../../support/run.js';
import { processTable } from '../../support/process-table.js';
import { report, spread } from '../support/figures.js';
import type { Fleet } from '../support/fleet.js';
import { takeOff } from '../support/outcome.js';
import { scaled, timeFor } from '../support/scale.js';

export function cancelBusDownCases(running: () => Fleet): void {
  const rounds = scaled(2, 20);

  it(
    'a cancel while Redis is gone reaches the worker by the row, and its tests are ended',
    async () => {
      const fleet = running();
      const times: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const chat = await fleet.open();
        const seconds = `6${String(round).padStart(2, '0')}.5`;
        const flight = await takeOff(fleet, chat, {
          files: { ...small(), ...slowTest(seconds) },
          message: SMALL_CHANGE,
        });
        await approve(chat, flight);
        const asleep = async (): Promise<boolean> =>
          (await processTable()).some(({ command }) => command.endsWith(`sleep ${seconds}`));
        while (!(await asleep())) await new Promise((resolve) => setTimeout(resolve, 100));
        const redis = await fleet.redisPid();
        process.kill(redis, 'SIGSTOP');
        try {
          const begun = performance.now();
          await chat.command('cancel_request', { session_id: flight.sessionId });
          while (await asleep()) {
            if (performance.now() - begun > 30_000) throw new Error('its tests go on');
            await new Promise((resolve) => setTimeout(resolve, 20));
          }
          times.push(performance.now() - begun);
        } finally {
          process.kill(redis, 'SIGCONT');
        }
        const summary = await chat.summary(flight.sessionId, 60_000);
        expect(summary.outcome).toBe('cancelled');
      }
      report('cancel with the bus down: its tests have ended after', {
        rounds,
        time: spread(times, 'ms'),
      });
      // The heartbeat that reads the row, the end of the process group, and this look at the table.
      for (const time of times) expect(time).toBeLessThan(3_000);
    },
    timeFor(rounds, 60_000),
  );
}
