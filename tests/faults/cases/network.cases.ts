import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { SMALL_CHANGE, slowTest, small } from '../../support/repositories.js';
import { approve } from '../../support/run.js';
import { report } from '../support/figures.js';
import type { Fleet } from '../support/fleet.js';
import { expectEffects, expectLanded, takeOff } from '../support/outcome.js';
import { atScale, scaled, timeFor } from '../support/scale.js';
import { type Wire, startWire } from '../support/tcp-proxy.js';

const OUTAGE_MS = atScale ? 10_000 : 6_000;

export function networkCases(running: () => Fleet): void {
  const rounds = scaled(1, 10);
  const ends = [
    {
      name: 'Redis',
      wire: (fleet: Fleet) =>
        startWire({ host: '127.0.0.1', port: Number(new URL(fleet.redis.url).port) }),
      env: (_: Fleet, { port }: Wire) => ({ REDIS_URL: `redis://127.0.0.1:${port}` }),
    },
    {
      name: 'PostgreSQL',
      wire: (fleet: Fleet) => {
        const folder = new URL(fleet.postgres.databaseUrl).searchParams.get('host') ?? '';
        return startWire({ path: `${folder}/.s.PGSQL.5432` });
      },
      env: (fleet: Fleet, { port }: Wire) => {
        const url = new URL(fleet.postgres.databaseUrl);
        url.searchParams.delete('host');
        url.hostname = '127.0.0.1';
        url.port = String(port);
        return { DATABASE_URL: url.href };
      },
    },
  ];

  describe('a network that drops everything', () => {
    it.each(ends)(
      'between a worker and $name for a while: the run goes on and has one effect',
      async ({ name, wire: lay, env }) => {
        const fleet = running();
        const wire = await lay(fleet);
        try {
          const before = fleet.running('test-runner');
          const cut = await fleet.start('test-runner', env(fleet, wire));
          for (const other of before) await other.stop();
          const attempts: number[] = [];
          for (let round = 0; round < rounds; round += 1) {
            const before = fleet.seen();
            const chat = await fleet.open();
            const flight = await takeOff(fleet, chat, {
              files: { ...small(), ...slowTest('1.5') },
              message: SMALL_CHANGE,
            });
            await approve(chat, flight);
            await chat.reaches(flight.sessionId, 'testing');
            await sleep(Math.random() * 2_000);
            wire.cut();
            await sleep(OUTAGE_MS);
            wire.mend();
            const { chat: reader } = await expectLanded(fleet, flight);
            attempts.push(...reader.updates(flight.sessionId).map(({ attempt }) => attempt));
            expectEffects(fleet, before, 1);
            expect(cut.running).toBe(true);
          }
          report(`${OUTAGE_MS / 1_000} s without network to ${name}`, {
            rounds,
            'runs ended well': `${rounds}/${rounds}`,
            'highest attempt': Math.max(...attempts),
          });
          await fleet.start('test-runner');
          await cut.stop();
        } finally {
          await wire.close();
        }
      },
      timeFor(rounds, 120_000),
    );
  });
}
