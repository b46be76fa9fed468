import { describe, expect, it } from '@jest/globals';
import type { Chat } from '../../support/chat.js';
import {
  RENAME,
  SMALL_CHANGE,
  failsAtBase,
  small,
  todoApi,
  withoutTests,
} from '../../support/repositories.js';
import { approve, beginRun, startRun } from '../../support/run.js';
import type { World } from '../../support/world.js';

/** The error that answers a frame sent as it is. */
async function answerTo(chat: Chat, text: string): Promise<{ code: string; message: string }> {
  const before = chat.all('error').length;
  chat.sendText(text);
  await chat.frame(() => chat.all('error').length > before, `an error for ${text}`);
  const error = chat.all('error').at(-1);
  if (error === undefined) throw new Error('no error');
  return error;
}

export function badInputCases(running: () => World): void {
  describe('bad input', () => {
    it('answers each frame it can not read with its code, and serves the next message', async () => {
      const world = running();
      const repository = await world.serve(todoApi());
      const chat = await world.open();

      expect(await answerTo(chat, 'not JSON')).toMatchObject({ code: 'validation_error' });
      expect(await answerTo(chat, '{"event":"dance","data":{}}')).toMatchObject({
        code: 'unknown_event',
      });
      expect(
        await answerTo(chat, '{"event":"chat_message","data":{"message":"  "}}'),
      ).toMatchObject({ code: 'validation_error', message: expect.stringMatching(/empty/) });
      const huge = JSON.stringify({ event: 'chat_message', data: { message: 'x'.repeat(40_000) } });
      expect((await answerTo(chat, huge)).code).toMatch(/validation_error|message_too_large/);

      const run = await startRun(chat, {
        message: 'explain src/users.js',
        repo_url: repository.url,
      });
      expect((await chat.summary(run.sessionId)).outcome).toBe('answered');
    });

    it.each([
      ['that does not exist', (world: World) => world.git.url('nowhere'), 'repository_not_found'],
      ['of a host that is not allowed', () => 'http://127.0.0.1:9/x.git', 'repository_not_allowed'],
    ])('ends a run on a repository %s with its code, and serves the next', async (_, url, code) => {
      const world = running();
      const repository = await world.serve(small());
      const chat = await world.open();
      const run = await startRun(chat, { message: RENAME, repo_url: url(world) });
      const { data: error } = await chat.update(run.sessionId, 'error');
      expect(error.code).toBe(code);
      expect((await chat.summary(run.sessionId)).outcome).toBe('failed');

      const next = await startRun(chat, {
        message: 'what is this project',
        repo_url: repository.url,
        session_id: run.sessionId,
      });
      expect(next.sessionId).toBe(run.sessionId);
      await chat.update(run.sessionId, 'summary', ({ outcome }) => outcome === 'answered');
    });

    it('says which symbol it can not find', async () => {
      const world = running();
      const repository = await world.serve(todoApi());
      const chat = await world.open();
      const run = await startRun(chat, {
        message: 'rename findNobody to findSomebody in src/users.js',
        repo_url: repository.url,
      });
      const summary = await chat.summary(run.sessionId);
      expect(summary.outcome).toBe('failed');
      expect(summary.message).toMatch(/findNobody/);
      expect(summary.message).not.toMatch(/internal|undefined/);
      expect(chat.of(run.sessionId, 'error')).toHaveLength(1);
    });

    it('answers text it does not understand with what it understands', async () => {
      const world = running();
      const chat = await world.open();
      const run = await startRun(chat, { message: 'make it faster please' });
      expect((await chat.summary(run.sessionId)).outcome).toBe('answered');
      const [response] = chat.of(run.sessionId, 'query_response');
      expect(response?.answer).toContain('make it faster please');
      expect(response?.answer).toContain('rename X to Y');
      expect(response?.answer).toContain('LLM_MODEL');
    });

    it('calls a repository without tests neither failed nor passed, and runs its linters', async () => {
      const world = running();
      const hil = 'checks:\n  - {name: notes, kind: lint, command: grep -q nothing README.md}\n';
      const files = { ...withoutTests(), '.hil.yml': hil };
      const { chat, run } = await beginRun(world, { files, message: SMALL_CHANGE });
      await approve(chat, run);
      const summary = await chat.summary(run.sessionId);
      expect(summary.outcome).toBe('patch_ready');
      expect(summary.tests).toMatchObject({ status: 'no_tests', message: 'no tests found' });
      expect(summary.tests.checks).toMatchObject([{ tool: 'notes', status: 'passed' }]);
    });

    it('does not blame a change for a test that failed before', async () => {
      const world = running();
      const { chat, run } = await beginRun(world, { files: failsAtBase(), message: SMALL_CHANGE });
      await approve(chat, run);
      const summary = await chat.summary(run.sessionId);
      expect(summary.outcome).toBe('patch_ready');
      expect(summary.tests.new_failures).toEqual([]);
      expect(summary.tests.known_failures).toEqual([expect.stringMatching(/was broken before/)]);
    });

    it('fails a change that breaks a test, keeps the candidate patch and pushes nothing', async () => {
      const world = running();
      const repository = await world.serve(small());
      const pushes = world.git.counts.pushes;
      const chat = await world.open();
      const run = await startRun(chat, {
        message: 'replace "one = 1" with "one = 2" in src/one.js',
        repo_url: repository.url,
      });
      await approve(chat, run);
      const summary = await chat.summary(run.sessionId);
      expect(summary.outcome).toBe('failed');
      expect(summary.tests.new_failures).toEqual([expect.stringMatching(/one is one/)]);
      expect(summary.message).toContain('Recipes can only do what their line says');
      const broken = chat.of(run.sessionId, 'test_result').filter(({ change }) => change === 'new');
      const place = { name: 'one is one', file: 'test/one.test.js', line: 6 };
      expect(broken).toMatchObject([{ ...place, message: expect.stringContaining('2 !== 1') }]);
      expect(summary.tests.failures).toMatchObject([
        { ...place, kind: 'test', excerpts: [{ file: 'test/one.test.js', start_line: 2 }] },
      ]);
      expect(summary.tests.failures?.[0]?.excerpts[0]?.text).toContain('assert.equal(one, 1);');
      const patch = await fetch(`${world.deployment.http}${summary.patch_url}`);
      expect(await patch.text()).toContain('+export const one = 2;');
      expect(world.git.counts.pushes).toBe(pushes);
    });
  });
}
