import { randomBytes } from 'node:crypto';
import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import type { AppProcess } from '../../support/app-process.js';
import { SMALL_CHANGE, small } from '../../support/repositories.js';
import { approve, planOf } from '../../support/run.js';
import { report } from '../support/figures.js';
import type { AppName, Fleet } from '../support/fleet.js';
import { type Flight, expectLanded, takeOff } from '../support/outcome.js';
import { atScale, scaled, timeFor } from '../support/scale.js';

/** A file system of its own that only one process and what it starts can see. */
class SmallDisk {
  private constructor(
    readonly app: AppProcess,
    private readonly path: string,
  ) {}

  static async under(fleet: Fleet, name: AppName): Promise<SmallDisk> {
    const dataDir = fleet.path(`${name}-on-a-small-disk`);
    await mkdir(dataDir, { recursive: true });
    const app = await fleet.start(name, {}, dataDir, [
      'unshare',
      '--mount',
      '--propagation',
      'private',
      'sh',
      '-c',
      'mount -t tmpfs -o size=64m,mode=700 tmpfs "$0" && cd "$0" && exec "$@"',
      dataDir,
    ]);
    return new SmallDisk(app, `/proc/${app.pid}/root${dataDir}`);
  }

  /** Leaves nothing: not one more block can be written. */
  async fill(): Promise<void> {
    for (let part = 0; ; part += 1) {
      const { bavail, bsize } = await statfs(this.path);
      if (bavail === 0) return;
      const size = Math.min(bavail * bsize, 16 * 1024 * 1024);
      await writeFile(`${this.path}/filler-${part}`, randomBytes(size)).catch(() => undefined);
    }
  }

  async free(): Promise<void> {
    for (let part = 0; part < 64; part += 1) {
      await rm(`${this.path}/filler-${part}`, { force: true });
    }
  }
}

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
        const disk = await SmallDisk.under(fleet, name);
        for (const other of before) await other.stop();
        const messages = new Set<string>();
        for (let round = 0; round < rounds; round += 1) {
          const pushes = fleet.git.counts.pushes;
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
          expect(disk.app.running).toBe(true);

          await disk.free();
          await approve(chat, waiting);
          await expectLanded(fleet, waiting);
          const after = await begin();
          await approve(chat, after);
          await expectLanded(fleet, after);
          expect(fleet.git.counts.pushes - pushes).toBe(2);
          expect(disk.app.running).toBe(true);
        }
        report(`disk full under the ${name}`, {
          rounds,
          'runs that said so': rounds,
          'runs ended well with space again': 2 * rounds,
          message: [...messages].join(' | ').slice(0, 300),
        });
        await fleet.start(name);
        await disk.app.stop();
      },
      timeFor(rounds, 120_000),
    );
  });
}
