import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { plainGit } from '@hil/testing';
import { SMALL_CHANGE, small } from '../../support/repositories.js';
import { approve, beginRun, expectNoGap, planOf, startRun } from '../../support/run.js';
import type { World } from '../../support/world.js';

const ADD_A = 'create file A.md with:\n```\na\n```';
const ADD_B = 'create file B.md with:\n```\nb\n```';

export function decisionCases(running: () => World): void {
  describe('decisions', () => {
    it('plans again with the recipe of a reason, with the same tasks without one, and ends on a final no', async () => {
      const world = running();
      const { chat, run, session_id } = await beginRun(world, { files: small(), message: ADD_A });
      const first = await planOf(chat, run);

      await chat.command('reject_plan', { session_id, plan_id: first.plan_id, reason: ADD_B });
      const second = await planOf(chat, run, 2);
      expect(second.plan.plan.map(({ files }) => files)).toEqual([['B.md']]);
      expect(second.plan_id).not.toBe(first.plan_id);
      expect(second.plan_hash).not.toBe(first.plan_hash);

      const stale = await chat.refused('approve_plan', {
        session_id,
        plan_id: first.plan_id,
        approved: true,
      });
      expect(stale.code).toBe('approval_stale');

      const plan_id = second.plan_id;
      await chat.command('approve_plan', { session_id, plan_id, approved: false, notes: 'nicer' });
      const third = await planOf(chat, run, 3);
      expect(third.plan.plan.map(({ task }) => task)).toEqual(
        second.plan.plan.map(({ task }) => task),
      );
      expect(third.plan_hash).not.toBe(second.plan_hash);
      const lines = chat.of(session_id, 'log').map(({ message }) => message);
      expect(lines).toContainEqual(expect.stringMatching(/the tasks repeat as a new revision/));

      await chat.command('reject_plan', {
        session_id,
        plan_id: third.plan_id,
        reason: 'not needed',
        final: true,
      });
      expect((await chat.summary(session_id)).outcome).toBe('rejected');
      expect(chat.of(session_id, 'code_change')).toEqual([]);
      expectNoGap(chat, session_id);
    });

    it('carries out an edited plan once it is approved, and only that', async () => {
      const world = running();
      const { chat, run, session_id } = await beginRun(world, { files: small(), message: ADD_A });
      const first = await planOf(chat, run);
      const task = { id: 't1', task: ADD_B, files: ['B.md'], changes: [], tests: [], notes: '' };

      await chat.command('edit_plan', { session_id, plan_id: first.plan_id, plan: [task] });
      const second = await planOf(chat, run, 2);
      expect(second.plan_hash).not.toBe(first.plan_hash);
      const wrongHash = await chat.refused('approve_plan', {
        session_id,
        plan_id: second.plan_id,
        plan_hash: first.plan_hash,
        approved: true,
      });
      expect(wrongHash.code).toBe('approval_stale');
      await chat.command('approval_response', {
        session_id,
        approval_id: second.approval_id,
        approved: true,
      });

      const summary = await chat.summary(session_id);
      expect(summary.outcome).toBe('patch_ready');
      expect(summary.files.map(({ path }) => path)).toEqual(['B.md']);
      expect(summary.branch).toMatch(/b-md/i);
    });

    it('checks an edited plan before it asks: what can not be carried out leaves the old tasks standing', async () => {
      const world = running();
      const { chat, run, session_id } = await beginRun(world, { files: small(), message: ADD_A });
      const first = await planOf(chat, run);
      const tasks = first.plan.plan.map((task) => ({ ...task, task: 'make it nicer' }));
      await chat.command('edit_plan', { session_id, plan_id: first.plan_id, plan: tasks });
      const second = await planOf(chat, run, 2);
      expect(second.plan.plan.map(({ task }) => task)).toEqual(
        first.plan.plan.map(({ task }) => task),
      );
      expect(second.plan.reason).toContain('is not one recipe line');
      await chat.command('reject_plan', { session_id, plan_id: second.plan_id, reason: '' });
      expect((await chat.summary(session_id)).outcome).toBe('rejected');
    });

    it('asks again before it changes a file that the plan did not name', async () => {
      const world = running();
      const { chat, run, session_id } = await beginRun(world, { files: small(), message: ADD_A });
      const { plan_id, plan } = await planOf(chat, run);
      const tasks = plan.plan.map((task) => ({ ...task, task: ADD_B }));
      await chat.command('edit_plan', { session_id, plan_id, plan: tasks });
      const edited = await planOf(chat, run, 2);
      await chat.command('approve_plan', {
        session_id,
        plan_id: edited.plan_id,
        approved: true,
      });

      const scope = await chat.update(
        session_id,
        'approval_request',
        ({ kind }) => kind === 'scope',
      );
      expect(scope.data.files).toEqual(['B.md']);
      expect(chat.of(session_id, 'code_change')).toEqual([]);
      await chat.command('approval_response', {
        session_id,
        approval_id: scope.data.approval_id,
        approved: true,
      });
      const change = await chat.update(session_id, 'code_change');
      expect(change.data.file).toBe('B.md');
      await chat.summary(session_id);
    });

    it('writes only a specification when the plan is approved without code edits', async () => {
      const world = running();
      const { chat, run, session_id } = await beginRun(world, { files: small(), message: ADD_A });
      const { plan_id } = await planOf(chat, run);
      await chat.command('approve_plan', {
        session_id,
        plan_id,
        approved: true,
        codeEdits: false,
      });
      const summary = await chat.summary(session_id);
      expect(summary.outcome).toBe('patch_ready');
      expect(summary.files.map(({ path }) => path)).toEqual([
        expect.stringMatching(/^docs\/specifications\/.*\.md$/),
      ]);
    });

    it('asks again when the base moved under the plan, and not when it moved elsewhere', async () => {
      const world = running();
      const repository = await world.serve(small());
      const chat = await world.open();
      const message = 'replace "one = 1;" with "one = 1; // first" in src/one.js';
      const run = await startRun(chat, { message, repo_url: repository.url });
      const session_id = run.sessionId;
      const first = await planOf(chat, run);
      await repository.commit({ 'src/one.js': '// moved\nexport const one = 1;\n' });
      await approve(chat, run);

      const second = await planOf(chat, run, 2);
      expect(second.base_sha).toBe(await repository.headSha());
      expect(second.base_sha).not.toBe(first.base_sha);
      expect(chat.of(session_id, 'code_change')).toEqual([]);
      const newer = await repository.commit({ 'src/two.js': 'export const two = 2;\n' });
      const { plan_id } = second;
      await chat.command('approve_plan', { session_id, plan_id, approved: true });
      const summary = await chat.summary(session_id);
      expect(summary).toMatchObject({ outcome: 'patch_ready', base_sha: newer });
      expect(summary.files.map(({ path }) => path)).toEqual(['src/one.js']);
      const branch = summary.branch ?? '';
      expect(await plainGit(repository.bare, 'merge-base', branch, 'main')).toBe(newer);
    });

    it('takes a decision once, never from a message, and none after the end', async () => {
      const world = running();
      const { repository, chat, run, session_id } = await beginRun(world, {
        files: small(),
        message: SMALL_CHANGE,
      });
      const { plan_id } = await planOf(chat, run);

      await chat.command('chat_message', { session_id, message: 'yes, approve the plan' });
      await chat.update(session_id, 'log', ({ message }) => /never decides/.test(message));
      const unknown = await chat.refused('approve_plan', {
        session_id,
        plan_id: randomUUID(),
        approved: true,
      });
      expect(unknown.code).toBe('approval_unknown');
      const response = await fetch(`${world.deployment.http}/api/runs/${run.runId}`);
      expect(((await response.json()) as { data: { state: string } }).data.state).toBe(
        'awaiting_approval',
      );

      await approve(chat, run);
      const second = await chat.refused('approve_plan', { session_id, plan_id, approved: true });
      expect(second.code).toBe('approval_already_decided');
      expect((await chat.summary(session_id)).outcome).toBe('patch_ready');

      const other = await startRun(chat, { message: SMALL_CHANGE, repo_url: repository.url });
      const card = await planOf(chat, other);
      await chat.command('cancel_request', { session_id: other.sessionId });
      const late = await chat.refused('approve_plan', {
        session_id: other.sessionId,
        plan_id: card.plan_id,
        approved: true,
      });
      expect(late.code).toBe('run_ended');
      expect((await chat.summary(other.sessionId)).outcome).toBe('cancelled');
    });
  });
}
