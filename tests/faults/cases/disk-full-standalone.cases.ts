import { expect, it } from '@jest/globals';
import { SMALL_CHANGE, small } from '../../support/repositories.js';
import { approve, expectNoGap, planOf, startRun } from '../../support/run.js';
import type { World } from '../../support/world.js';
import { report, spread } from '../support/figures.js';
import { scaled, timeFor } from '../support/scale.js';
import { SmallDisk } from '../support/small-disk.js';

const DISK_FULL = /disk .*is full/;
const DISK_FULL_RUN: unknown = expect.stringMatching(/[Dd]isk .*is full/);
const RECOVERY_MS = 60_000;

/** Needs a world whose DATA_DIR, the embedded database included, is a small file system. */
export function diskFullStandaloneCases(running: () => World): void {
  const rounds = scaled(1, 5);

  it(
    'a disk that is full under the database too: what is asked then is refused in words; with space again, all go on',
    async () => {
      const world = running();
      const [pid] = world.deployment.pids();
      const [dataDir] = world.deployment.dataDirs;
      if (pid === undefined || dataDir === undefined) throw new Error('nothing was deployed');
      const disk = new SmallDisk(pid, dataDir);
      const recoveries: number[] = [];
      const answers = new Set<string>();
      for (let round = 0; round < rounds; round += 1) {
        const repository = await world.serve(small());
        const chat = await world.open();
        const begin = () => startRun(chat, { message: SMALL_CHANGE, repo_url: repository.url });
        const waiting = await begin();
        await planOf(chat, waiting);

        await disk.fill();
        // A few commits fit into pages that exist already; then the database has to refuse.
        const refusals: string[] = [];
        const accepted: Awaited<ReturnType<typeof begin>>[] = [];
        for (let attempt = 0; attempt < 200 && refusals.length < 3; attempt += 1) {
          const id = chat.all('error').length;
          await begin().then(
            (run) => accepted.push(run),
            () => refusals.push(chat.all('error')[id]?.message ?? 'no error event'),
          );
        }
        expect(refusals).toHaveLength(3);
        for (const message of refusals) answers.add(message);
        expect([...refusals].filter((message) => !DISK_FULL.test(message))).toEqual([]);
        expect(world.deployment.pids()).toEqual([pid]);
        process.kill(pid, 0);

        await disk.free();
        const begun = performance.now();
        const healthy = async (): Promise<boolean> =>
          (await fetch(`${world.deployment.http}/health`)).ok;
        while (!(await healthy())) {
          if (performance.now() - begun > RECOVERY_MS) throw new Error('it stays unhealthy');
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
        recoveries.push(performance.now() - begun);
        await approve(chat, waiting);
        const after = await begin();
        await approve(chat, after);
        for (const run of [waiting, after]) {
          const summary = await chat.summary(run.sessionId, 90_000);
          expect(summary.outcome).toBe('patch_ready');
          expectNoGap(chat, run.sessionId);
        }
        // What was taken while the last pages filled came to its plan or said why not.
        for (const run of accepted) {
          const end = await Promise.any([
            planOf(chat, run).then(() => null),
            chat.summary(run.sessionId, 90_000),
          ]);
          if (end === null) await chat.command('cancel_request', { session_id: run.sessionId });
          else expect(end).toMatchObject({ outcome: 'failed', message: DISK_FULL_RUN });
        }
      }
      report('disk full under the database', {
        rounds,
        'runs ended well with space again': 2 * rounds,
        'healthy again after': spread(recoveries, 'ms'),
        message: [...answers].join(' | ').slice(0, 300),
      });
    },
    timeFor(rounds, 180_000),
  );
}
