import { expect, it } from '@jest/globals';
import {
  COMMENT_ONE,
  type ModelWorld,
  edits,
  finish,
  intent,
  plan,
  script,
} from '../../support/model-script.js';
import { small } from '../../support/repositories.js';
import { approve, expectNoGap, startRun, statesOf } from '../../support/run.js';

/** A run that comes to its budget. */
export function modelBudgetCases(models: () => ModelWorld): void {
  it('at 80% of the budget says so, at the limit pauses for a person, and goes on with a yes', async () => {
    const { endpoint, world } = models();
    const read = (start: number) => ({
      tool: 'read_file',
      arguments: { path: 'src/one.js', start },
    });
    endpoint.play(
      script({
        intent: [intent('one is two')],
        plan: [plan('one is two', [{ task: 'Change one', files: ['src/one.js'] }], COMMENT_ONE)],
        tasks: [
          [
            edits({
              op: 'search_replace',
              path: 'src/one.js',
              search: 'export const one = 1;',
              replace: '/** The first. */\nexport const one = 1;',
            }),
            ...Array.from({ length: 9 }, (_, at) => read(at + 1)),
          ],
          // After the pause the task goes on from the edits that were made.
          [finish('commented')],
        ],
      }),
    );
    const repository = await world.serve(small());
    const chat = await world.open();
    const run = await startRun(chat, { message: 'Comment one', repo_url: repository.url });
    await approve(chat, run);
    const { data: card } = await chat.update(
      run.sessionId,
      'approval_request',
      ({ kind }) => kind === 'budget',
    );
    const messages = chat.of(run.sessionId, 'status').map(({ message }) => message);
    expect(messages).toContainEqual(
      expect.stringMatching(/^83% of the budget of this run is used/),
    );
    await chat.reaches(run.sessionId, 'paused');
    expect(card.message).toContain('12 model calls of 12 model calls');

    await chat.command('approval_response', {
      session_id: run.sessionId,
      approval_id: card.approval_id,
      approved: true,
    });
    const summary = await chat.summary(run.sessionId);
    expect(summary).toMatchObject({ outcome: 'patch_ready', usage: { calls: 13 } });
    expect(summary.files).toEqual([{ path: 'src/one.js', additions: 1, deletions: 0 }]);
  });

  it('at the limit pauses also before there is a plan; only a yes to that card goes on', async () => {
    const { endpoint, world } = models();
    const look = Array.from({ length: 11 }, (_, at) => ({
      tool: 'read_file',
      arguments: { path: 'src/one.js', start: at + 1 },
    }));
    const comment = edits({
      op: 'search_replace',
      path: 'src/one.js',
      search: 'export const one = 1;',
      replace: '/** The first. */\nexport const one = 1;',
    });
    endpoint.play(
      script({
        intent: [intent('one gets a comment')],
        // What was read before the pause is asked for again after it.
        plan: [
          ...look,
          plan('comment', [{ task: 'Comment one', files: ['src/one.js'] }], COMMENT_ONE),
        ],
        tasks: [[comment, finish('commented')]],
      }),
    );
    const repository = await world.serve(small());
    const chat = await world.open();
    const run = await startRun(chat, { message: 'Comment one', repo_url: repository.url });
    const { data: card } = await chat.update(run.sessionId, 'approval_request');
    await chat.reaches(run.sessionId, 'paused');
    expect(card).toMatchObject({ kind: 'budget', budget: { of: 'run', calls: 12 } });
    expect(card.message).toContain('12 model calls of 12 model calls');
    expect([card.plan_id, card.plan]).toEqual([undefined, undefined]);
    // Words and decisions on a plan that does not exist decide nothing.
    await chat.command('chat_message', { message: 'approved', session_id: run.sessionId });
    const unknown = await chat.refused('approve_plan', {
      session_id: run.sessionId,
      plan_id: card.approval_id,
      approved: true,
    });
    expect(unknown.code).toBe('approval_unknown');

    await chat.command('approval_response', {
      session_id: run.sessionId,
      approval_id: card.approval_id,
      approved: true,
    });
    await approve(chat, run);
    const summary = await chat.summary(run.sessionId);
    expect(summary).toMatchObject({ outcome: 'patch_ready', usage: { calls: 15 } });
    expectNoGap(chat, run.sessionId);
    expect(statesOf(chat, run.sessionId).slice(4, 8)).toEqual([
      'planning',
      'paused',
      'planning',
      'awaiting_approval',
    ]);
  });
}
