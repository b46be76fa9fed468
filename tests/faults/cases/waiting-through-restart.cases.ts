import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { SMALL_CHANGE, small } from '../../support/repositories.js';
import { planOf } from '../../support/run.js';
import { report } from '../support/figures.js';
import type { Fleet } from '../support/fleet.js';
import { expectLanded, takeOff } from '../support/outcome.js';
import { scaled, timeFor } from '../support/scale.js';

/** Needs a fleet whose approvals expire after two seconds. */
export function waitingThroughRestartCases(running: () => Fleet): void {
  const rounds = scaled(1, 5);

  it(
    'every app killed while a run waits: no reminder comes twice, and it expires once, approved by nobody',
    async () => {
      const fleet = running();
      for (let round = 0; round < rounds; round += 1) {
        const chat = await fleet.open();
        const flight = await takeOff(fleet, chat, { files: small(), message: SMALL_CHANGE });
        const card = await planOf(chat, flight);
        const isReminder = ({ message }: { message: string }): boolean =>
          message.startsWith('Still waiting');
        await chat.update(flight.sessionId, 'status', isReminder);
        await fleet.crashAll();
        await sleep(Math.max(0, Date.parse(card.expires_at) - Date.now()));
        const { chat: reader } = await expectLanded(fleet, flight, { outcome: 'expired' });
        const statuses = reader.of(flight.sessionId, 'status');
        const reminders = statuses.filter(isReminder).length;
        expect(reminders).toBeLessThanOrEqual(2);
        expect(statuses.filter(({ state }) => state === 'expired')).toHaveLength(1);
        const { rows } = await fleet.rows.query<{ status: string; reminders: number }>(
          'SELECT status, reminders FROM approval WHERE run_id = $1',
          [flight.runId],
        );
        expect(rows).toEqual([{ status: 'expired', reminders }]);
      }
      report('every app killed while a run waits', {
        rounds,
        'expired once': `${rounds}/${rounds}`,
      });
    },
    timeFor(rounds, 90_000),
  );
}
