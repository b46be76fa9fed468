import { describe, expect, it } from '@jest/globals';
import { SMALL_CHANGE, small, todoApi } from '../../support/repositories.js';
import { approve, expectNoGap, startRun, statesOf } from '../../support/run.js';
import type { World } from '../../support/world.js';

export function questionCases(running: () => World): void {
  describe('questions', () => {
    it('answers from the graph, in one session after the other, and changes nothing', async () => {
      const world = running();
      const repository = await world.serve(todoApi());
      const pushes = world.git.counts.pushes;
      const chat = await world.open();
      const asked = [
        { message: 'who calls findUser', type: 'query_response', holds: 'src/todos.js' },
        { message: 'explain src/users.js', type: 'query_response', holds: 'displayName' },
        { message: 'show architecture', type: 'diagram_response', holds: 'src (5)' },
      ] as const;

      let sessionId: string | undefined;
      for (const [index, { message, type, holds }] of asked.entries()) {
        const run = await startRun(chat, {
          message,
          repo_url: repository.url,
          ...(sessionId === undefined ? {} : { session_id: sessionId }),
        });
        sessionId = run.sessionId;
        await chat.frame(
          ({ event, data }) =>
            event === 'agent_update' && data.run_id === run.runId && data.type === 'summary',
          `the summary of "${message}"`,
        );
        const answers = chat
          .updates(run.sessionId)
          .filter((update) => update.run_id === run.runId && update.type === type);
        expect(answers).toHaveLength(1);
        expect(JSON.stringify(answers[0]?.data)).toContain(holds);
        const summaries = chat.of(run.sessionId, 'summary');
        expect(summaries).toHaveLength(index + 1);
        expect(summaries.at(-1)?.outcome).toBe('answered');
      }

      expect(sessionId).toBeDefined();
      if (sessionId !== undefined) expectNoGap(chat, sessionId);
      expect(world.git.counts.pushes).toBe(pushes);
    });

    it('asks for the repository when none is named, and goes on with the answer', async () => {
      const world = running();
      const repository = await world.serve(small());
      const chat = await world.open();
      const run = await startRun(chat, { message: SMALL_CHANGE });
      const { data } = await chat.update(run.sessionId, 'question');
      await chat.reaches(run.sessionId, 'awaiting_answer');

      const { ack } = await chat.command('chat_message', {
        message: repository.url,
        session_id: run.sessionId,
        question_id: data.question_id,
      });

      expect(ack).toMatchObject({ ok: true, run_id: run.runId });
      await approve(chat, run);
      expect((await chat.summary(run.sessionId)).outcome).toBe('patch_ready');
      expect(statesOf(chat, run.sessionId).slice(0, 4)).toEqual([
        'received',
        'intent_extraction',
        'awaiting_answer',
        'intent_extraction',
      ]);
    });
  });
}
