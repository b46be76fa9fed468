import { describe, expect, it } from '@jest/globals';
import { SMALL_CHANGE, slowTest, small } from '../../support/repositories.js';
import { approve, expectNoGap, startRun } from '../../support/run.js';
import type { World } from '../../support/world.js';

export function resumeCases(running: () => World): void {
  describe('sockets', () => {
    it('goes on after the last number when a socket is cut off in the middle of a run', async () => {
      const world = running();
      const repository = await world.serve({ ...small(), ...slowTest('0.7') });
      const first = await world.open();
      const run = await startRun(first, { message: SMALL_CHANGE, repo_url: repository.url });
      const { sessionId } = run;
      await approve(first, run);
      await first.reaches(sessionId, 'testing');
      first.close();
      const seen = first.updates(sessionId);
      const last = seen.at(-1)?.seq ?? 0;
      expectNoGap(first, sessionId);

      const query = `session_id=${sessionId}&last_seq=${last}`;
      const [second, third] = await Promise.all([world.open(query), world.open(query)]);
      const fourth = await world.open();
      await fourth.command('resume', { session_id: sessionId, last_seq: 0 });
      await Promise.all([second, third, fourth].map((chat) => chat.summary(sessionId)));

      expectNoGap(second, sessionId, last + 1);
      expect(third.updates(sessionId)).toEqual(second.updates(sessionId));
      expectNoGap(fourth, sessionId);
      expect(fourth.updates(sessionId)).toEqual([...seen, ...second.updates(sessionId)]);
      expect(second.of(sessionId, 'summary')[0]?.outcome).toBe('patch_ready');
    });

    it('keeps three sessions of one socket apart', async () => {
      const world = running();
      const pushes = world.git.counts.pushes;
      const chat = await world.open();
      const runs = await Promise.all(
        ['X', 'Y', 'Z'].map(async (name) => {
          const repository = await world.serve(small());
          const run = await startRun(chat, {
            message: SMALL_CHANGE.replace('NOTES', name),
            repo_url: repository.url,
          });
          return { ...run, file: `${name}.md`, repository };
        }),
      );
      await Promise.all(runs.map((run) => approve(chat, run)));

      for (const { sessionId, runId, file, repository } of runs) {
        const summary = await chat.summary(sessionId);
        expect(summary.outcome).toBe('patch_ready');
        expect(summary.files.map(({ path }) => path)).toEqual([file]);
        expect(chat.updates(sessionId).every((update) => update.run_id === runId)).toBe(true);
        expectNoGap(chat, sessionId);
        const branches = await repository.git('ls-remote', '--heads', repository.bare);
        expect(branches.split('\n')).toHaveLength(2);
        expect(branches).toContain(summary.branch);
      }
      expect(world.git.counts.pushes - pushes).toBe(3);
    });
  });
}
