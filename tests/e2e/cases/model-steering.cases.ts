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
import { approve, planOf, startRun } from '../../support/run.js';

/** A comment is asked for; then how to write it is said, then something else is wanted. */
const STEERED = {
  intent: [
    intent('one gets a comment'),
    intent('how to write it', { changes_goal: false }),
    intent('something else', { changes_goal: true }),
  ],
  plan: [
    plan('comment', [{ task: 'Comment one', files: ['src/one.js'] }], COMMENT_ONE),
    plan('two', [{ task: 'Add two', files: ['src/one.js'] }], COMMENT_ONE),
  ],
};

/** What a person says while a model works. */
export function modelSteeringCases(models: () => ModelWorld): void {
  it('hears what is said while tests run before it delivers; another goal voids the approval', async () => {
    const { endpoint, world } = models();
    let heard = '';
    const comment = (text: string, old: string) =>
      edits({
        op: 'search_replace',
        path: 'src/one.js',
        search: old,
        replace: `// ${text}\nexport const one = 1;`,
      });
    endpoint.play(
      script({
        ...STEERED,
        tasks: [
          [comment('eins', 'export const one = 1;'), finish('commented')],
          [
            (request) => {
              heard = request.last;
              return comment('the first', '// eins\nexport const one = 1;');
            },
            finish('in English'),
          ],
        ],
      }),
    );
    const slow = `import { test } from 'node:test';\nimport { setTimeout } from 'node:timers/promises';\ntest('slow', () => setTimeout(2500));\n`;
    const repository = await world.serve({ ...small(), 'test/slow.test.js': slow });
    const chat = await world.open();
    const run = await startRun(chat, { message: 'Comment one', repo_url: repository.url });
    const { sessionId } = run;
    const testing = (commits: RegExp) =>
      chat.update(
        sessionId,
        'status',
        ({ state, message }) => state === 'testing' && commits.test(message),
      );
    const first = await approve(chat, run);
    await testing(/1 commit,/);
    await chat.command('chat_message', { message: 'In English, please.', session_id: sessionId });
    await testing(/2 commits,/);
    expect(heard).toBe('The person says: In English, please.');
    await chat.command('chat_message', { message: 'No, add two = 2.', session_id: sessionId });
    const second = await planOf(chat, run, 2);

    expect(second.plan.reason).toBe('No, add two = 2.');
    const refused = await chat.refused('approve_plan', {
      session_id: sessionId,
      plan_id: first.plan_id,
      approved: true,
    });
    expect(refused.code).toMatch(/approval_(?:stale|already_decided)/);
    await chat.command('reject_plan', {
      session_id: sessionId,
      plan_id: second.plan_id,
      reason: 'enough',
      final: true,
    });
    expect(await chat.summary(sessionId)).toMatchObject({ outcome: 'rejected', files: [] });
    const told = chat.of(sessionId, 'log').filter(({ message }) => message.startsWith('Noted.'));
    expect(told).toHaveLength(2);
  });

  it('hears what is said while it edits; another goal voids the approval', async () => {
    const { endpoint, world } = models();
    let say: (text: string) => Promise<void> = () => Promise.resolve();
    let heard = '';
    const read = { tool: 'read_file', arguments: { path: 'src/one.js' } };
    endpoint.play(
      script({
        ...STEERED,
        tasks: [
          [
            async () => {
              await say('Write the comment in English.');
              return read;
            },
            async (request) => {
              heard = request.last;
              await say('Forget the comment, add two = 2 instead.');
              return { tool: 'read_file', arguments: { path: 'package.json' } };
            },
          ],
          [
            edits({
              op: 'search_replace',
              path: 'src/one.js',
              search: 'export const one = 1;',
              replace: 'export const one = 1;\nexport const two = 2;',
            }),
            finish('two added'),
          ],
        ],
      }),
    );
    const repository = await world.serve(small());
    const chat = await world.open();
    const run = await startRun(chat, { message: 'Comment one', repo_url: repository.url });
    say = async (message) => {
      await chat.command('chat_message', { message, session_id: run.sessionId });
    };
    const first = await approve(chat, run);
    const second = await planOf(chat, run, 2);

    expect(heard).toContain('The person says: Write the comment in English.');
    expect(second.plan.reason).toContain('add two = 2 instead');
    const refused = await chat.refused('approve_plan', {
      session_id: run.sessionId,
      plan_id: first.plan_id,
      approved: true,
    });
    expect(refused.code).toMatch(/approval_(?:stale|already_decided)/);
    await chat.command('approve_plan', {
      session_id: run.sessionId,
      plan_id: second.plan_id,
      approved: true,
    });
    const summary = await chat.summary(run.sessionId);
    expect(summary).toMatchObject({ outcome: 'patch_ready' });
    expect(summary.files).toEqual([{ path: 'src/one.js', additions: 1, deletions: 0 }]);
  });
}
