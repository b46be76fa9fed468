import { describe, expect, it } from '@jest/globals';
import type { ApprovalRequest } from '@hil/contracts';
import { plainGit } from '@hil/testing';
import { small } from '../../support/repositories.js';
import { beginRun, expectNoGap, planOf, startRun } from '../../support/run.js';
import type { World } from '../../support/world.js';

const numbers = Array.from({ length: 30 }, (_, index) => `export const n${index} = ${index};`);
const MESSAGE = [
  'replace "n2 = 2;" with "n2 = 22;" in src/numbers.js',
  'replace "n25 = 25;" with "n25 = 52;" in src/numbers.js',
  'create file LOG.md with:',
  '```',
  'logged',
  '```',
].join('\n');

export function reviewCases(running: () => World): void {
  describe('a review of the diff', () => {
    it('drops the hunks a person leaves out, tests the rest again and delivers only that', async () => {
      const world = running();
      const { repository, chat, run, session_id } = await beginRun(world, {
        files: {
          ...small(),
          'src/numbers.js': `${numbers.join('\n')}\n`,
        },
        message: MESSAGE,
      });
      const { plan_id } = await planOf(chat, run);
      await chat.command('approve_plan', {
        session_id,
        plan_id,
        approved: true,
        reviewDiff: true,
      });
      const { data } = await chat.update(
        session_id,
        'approval_request',
        ({ kind }) => kind === 'diff',
      );
      const card: ApprovalRequest = data;
      expect(card.hunks?.map(({ id }) => id)).toEqual([
        'LOG.md#1',
        'src/numbers.js#1',
        'src/numbers.js#2',
      ]);

      const decision = { session_id, approval_id: card.approval_id, approved: true };
      const refused = await chat.refused('approval_response', { ...decision, selection: [] });
      expect(refused.code).toBe('validation_error');
      await chat.command('approval_response', {
        ...decision,
        selection: ['src/numbers.js#2'],
        reason: 'n2 stays',
      });

      const summary = await chat.summary(session_id);
      expect(summary).toMatchObject({
        outcome: 'patch_ready',
        files: [{ path: 'src/numbers.js', additions: 1, deletions: 1 }],
      });
      const after = chat
        .of(session_id, 'test_result')
        .filter(({ phase, totals }) => phase === 'after' && totals !== undefined);
      expect(after).toHaveLength(2);
      const branch = summary.branch ?? '';
      const range = `main..${branch}`;
      const log = await plainGit(repository.bare, 'log', '-p', '--format=%B', range);
      expect(log).toContain('+export const n25 = 52;');
      expect(log).toMatch(/Hil-Run: .*\nHil-Review: dropped 2 hunks/);
      expect(log).not.toMatch(/n2 = 22|logged/);
      expect(await plainGit(repository.bare, 'rev-list', '--count', range)).toBe('1');
      expectNoGap(chat, session_id);
    });

    it('follows a base that moves elsewhere, tested and asked again, and goes back to the plan when it moves under the change', async () => {
      const world = running();
      const repository = await world.serve({ ...small(), 'NOTES.md': 'noted\n' });
      const chat = await world.open();
      const message = 'replace "noted" with "written down" in NOTES.md';
      const run = await startRun(chat, { message, repo_url: repository.url });
      const session_id = run.sessionId;
      const approvePlan = async (revision: number): Promise<void> => {
        const { plan_id } = await planOf(chat, run, revision);
        await chat.command('approve_plan', {
          session_id,
          plan_id,
          approved: true,
          reviewDiff: true,
        });
      };
      const asked: string[] = [];
      const approveDiff = async (): Promise<ApprovalRequest> => {
        const { data } = await chat.update(
          session_id,
          'approval_request',
          ({ kind, approval_id }) => kind === 'diff' && !asked.includes(approval_id),
        );
        const card: ApprovalRequest = data;
        asked.push(card.approval_id);
        return card;
      };
      const yes = ({ approval_id }: ApprovalRequest) =>
        chat.command('approval_response', { session_id, approval_id, approved: true });
      await approvePlan(1);
      const first = await approveDiff();
      await repository.commit({ 'elsewhere.txt': 'moved on\n' });
      await yes(first);
      // The yes was to another head commit: nothing is delivered on it.
      const second = await approveDiff();
      expect(second.head_sha).not.toBe(first.head_sha);
      expect(second.hunks).toEqual(first.hunks);
      await repository.commit({ 'NOTES.md': 'noted\nby somebody else, too\n' });
      await yes(second);
      await approvePlan(2);
      const third = await approveDiff();
      await yes(third);
      const summary = await chat.summary(session_id);
      expect(summary).toMatchObject({ outcome: 'patch_ready', head_sha: third.head_sha });
      const parent = await plainGit(repository.bare, 'rev-parse', `${summary.branch}^`);
      expect(parent).toBe(await repository.headSha());
      const tested = chat
        .of(session_id, 'test_result')
        .filter(({ phase, totals }) => phase === 'after' && totals !== undefined);
      expect(tested).toHaveLength(3);
      expectNoGap(chat, session_id);
    });
  });
}
