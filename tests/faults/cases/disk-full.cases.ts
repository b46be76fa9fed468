import { mkdir } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { SMALL_CHANGE, small } from '../../support/repositories.js';
import { approve, planOf } from '../../support/run.js';
import { report } from '../support/figures.js';
import type { Fleet } from '../support/fleet.js';
import { type Flight, expectEffects, expectLanded, takeOff } from '../support/outcome.js';
import { atScale, scaled, timeFor } from '../support/scale.js';
import { SmallDisk } from '../support/small-disk.js';

export function diskFullCases(running: () => Fleet): void {
  const rounds = scaled(1, 5);
  const apps = atScale
    ? (['planner', 'editor', 'pr-worker'] as const)
    : (['planner', 'editor'] as const);

  describe('a full disk', () => {
    it.each(apps.map((app) => [app]))(
      'under DATA_DIR of the %s: the run says so and ends; with space again, runs go on',
      async (name) => {
        const fleet = running();
        const before = fleet.running(name);
        const dataDir = fleet.path(`${name}-on-a-small-disk`);
        await mkdir(dataDir, { recursive: true });
        const app = await fleet.start(name, {}, dataDir, SmallDisk.mountedAt(dataDir, 64));
        const disk = new SmallDisk(app.pid, dataDir);
        for (const other of before) await other.stop();
        const messages = new Set<string>();
        for (let round = 0; round < rounds; round += 1) {
          const before = fleet.seen();
          const chat = await fleet.open();
          const begin = async (): Promise<Flight> =>
            takeOff(fleet, chat, { files: small(), message: SMALL_CHANGE });
          // One that waits for its approval while the disk is full.
          const waiting = await begin();
          await planOf(chat, waiting);
          await disk.fill();
          const doomed = await begin();
          if (name !== 'planner') await approve(chat, doomed);
          await chat.summary(doomed.sessionId, 90_000);
          await expectLanded(fleet, doomed, { outcome: 'failed' });
          const [failure] = chat.of(doomed.sessionId, 'error');
          expect(failure?.message).toMatch(/disk under DATA_DIR .* is full/);
          messages.add(failure?.message ?? '');
          expect(app.running).toBe(true);

          await disk.free();
          await approve(chat, waiting);
          await expectLanded(fleet, waiting);
          const after = await begin();
          await approve(chat, after);
          await expectLanded(fleet, after);
          expectEffects(fleet, before, 2);
          expect(app.running).toBe(true);
        }
        report(`disk full under the ${name}`, {
          rounds,
          'runs that said so': rounds,
          'runs ended well with space again': 2 * rounds,
          message: [...messages].join(' | ').slice(0, 300),
        });
        await fleet.start(name);
        await app.stop();
      },
      timeFor(rounds, 120_000),
    );
  });
}
