import type { ScriptedAnswer } from '@hil/testing';
import { expect, it } from '@jest/globals';
import type { ModelWorld } from '../../support/model-script.js';
import { small } from '../../support/repositories.js';
import { startRun } from '../../support/run.js';

/** What may go wrong with a model, what a person reads of it, and how often it was asked. */
const FAULTS: [string, ScriptedAnswer, string, RegExp, number][] = [
  ['a wrong key', { status: 401, message: 'invalid' }, 'model_unavailable', /OPENAI_API_KEY/, 1],
  ['500 again and again', { status: 500, message: 'oops' }, 'model_unavailable', /500/, 5],
  ['words', { text: 'Sure!' }, 'model_refused', /without a tool call/, 2],
  ['nothing', { text: '' }, 'model_refused', /without a tool call/, 2],
  [
    'an unknown tool',
    { tool: 'push', arguments: {} },
    'model_refused',
    /there is no tool "push"/,
    2,
  ],
  [
    'arguments that are no JSON',
    { raw: { toolCalls: [{ name: 'extract_intent', arguments: '{"category": ' }] } },
    'model_refused',
    /extract_intent/,
    2,
  ],
  [
    'a refusal',
    { raw: { content: 'No.', finishReason: 'content_filter' } },
    'model_refused',
    /refused/,
    1,
  ],
];

/** What becomes of a run whose model misbehaves. */
export function modelFaultCases(models: () => ModelWorld): void {
  it.each(FAULTS)(
    'ends a run with what to do about %s, and never asks without end',
    async (_what, answer, code, message, asked) => {
      const { endpoint, world } = models();
      endpoint.play(() => answer);
      const repository = await world.serve(small());
      const before = endpoint.requests().length;
      const chat = await world.open();
      const run = await startRun(chat, { message: 'Comment one', repo_url: repository.url });
      const summary = await chat.summary(run.sessionId);
      expect(summary).toMatchObject({ outcome: 'failed', files: [] });
      const [error] = chat.of(run.sessionId, 'error');
      expect(error).toMatchObject({ code, message: expect.stringMatching(message) as unknown });
      expect(endpoint.requests().length - before).toBe(asked);
    },
  );
}
