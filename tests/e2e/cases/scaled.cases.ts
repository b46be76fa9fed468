import { describe, expect, it } from '@jest/globals';
import { SMALL_CHANGE, slowTest, small } from '../../support/repositories.js';
import { approve, expectNoGap, planOf, startRun } from '../../support/run.js';
import type { World } from '../../support/world.js';

export function scaledCases(running: () => World): void {
  describe('apps apart', () => {
    it('lose nothing when Redis dies and comes back empty', async () => {
      const world = running();
      const pushes = world.git.counts.pushes + 2;
      const chat = await world.open();
      const begin = async (): Promise<Awaited<ReturnType<typeof startRun>>> => {
        const { url } = await world.serve({ ...small(), ...slowTest('1') });
        return startRun(chat, { message: SMALL_CHANGE, repo_url: url });
      };
      const [atWork, waiting] = [await begin(), await begin()];
      await planOf(chat, waiting);
      await approve(chat, atWork);
      await chat.reaches(atWork.sessionId, 'testing');

      await world.deployment.loseQueue?.();
      await approve(chat, waiting);

      for (const { sessionId } of [atWork, waiting]) {
        expect((await chat.summary(sessionId, 90_000)).outcome).toBe('patch_ready');
        expectNoGap(chat, sessionId);
      }
      expect(world.git.counts.pushes).toBe(pushes);
    }, 180_000);

    it('go on while the gateway is gone, and another one tells all', async () => {
      const world = running();
      const repository = await world.serve({ ...small(), ...slowTest('1') });
      const first = await world.open();
      const { sessionId, runId } = await startRun(first, {
        message: SMALL_CHANGE,
        repo_url: repository.url,
      });
      await approve(first, { sessionId, runId });
      await first.reaches(sessionId, 'testing');
      await world.deployment.crashGateway?.();

      const last = first.updates(sessionId).at(-1)?.seq ?? 0;
      const second = await world.open(`session_id=${sessionId}&last_seq=${last}`);
      expect((await second.summary(sessionId)).outcome).toBe('patch_ready');
      expectNoGap(second, sessionId, last + 1);
      const attempts = second.updates(sessionId).map(({ attempt }) => attempt);
      expect(Math.max(...attempts)).toBe(1);
    });

    it('share the work with a second instance, and nothing is done twice', async () => {
      const world = running();
      const pushes = world.git.counts.pushes + 3;
      await Promise.all([
        world.deployment.scaleUp?.('editor'),
        world.deployment.scaleUp?.('pr-worker'),
      ]);
      const chat = await world.open();
      const runs = await Promise.all(
        [1, 2, 3].map(async () => {
          const { url } = await world.serve(small());
          return startRun(chat, { message: SMALL_CHANGE, repo_url: url });
        }),
      );
      await Promise.all(runs.map((run) => approve(chat, run)));
      for (const { sessionId } of runs) {
        expect((await chat.summary(sessionId)).outcome).toBe('patch_ready');
        expectNoGap(chat, sessionId);
        const ids = chat.of(sessionId, 'code_change').map(({ task_id }) => task_id);
        expect(ids).toEqual(['task-1', 'run']);
      }
      expect(world.git.counts.pushes).toBe(pushes);
    });
  });
}
