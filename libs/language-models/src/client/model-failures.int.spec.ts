import { type ModelEndpoint, type ScriptedAnswer, startModelEndpoint } from '@hil/testing';
import { loadConfig } from '@hil/config';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { createModels } from '../create-models.js';
import { ModelError } from './model.error.js';
import { type Tool, runToolLoop, tool } from './tool-loop.js';

const GOOD = { tool: 'extract_intent', arguments: { description: 'ok' } };
const SCHEMA = z.object({ description: z.string() });

/** What a conversation came to: its result, or the reason of the error. */
interface Ending {
  result?: string;
  reason?: string;
  message?: string;
  requests: number;
  notices: string[];
}

describe.each([
  ['OpenAI', 'openai:gpt-4.1-mini'],
  ['Anthropic', 'anthropic:claude-haiku-4-5'],
])('a model that misbehaves, in the format of %s', (_format, model) => {
  let endpoint: ModelEndpoint;
  beforeAll(async () => {
    endpoint = await startModelEndpoint(() => GOOD);
  });
  afterAll(() => endpoint.close());

  async function converse(
    answers: readonly ScriptedAnswer[],
    settings: Record<string, string> = {},
    more: { tools?: Record<string, Tool<string>>; maxSteps?: number; signal?: AbortSignal } = {},
  ): Promise<Ending> {
    let at = 0;
    const before = endpoint.requests().length;
    endpoint.play(() => answers[Math.min(at++, answers.length - 1)] ?? GOOD);
    const config = loadConfig({
      shape: 'embedded',
      env: {
        LLM_MODEL: model,
        OPENAI_API_KEY: 'sk-none',
        OPENAI_BASE_URL: endpoint.openaiUrl,
        ANTHROPIC_API_KEY: 'sk-none',
        ANTHROPIC_BASE_URL: endpoint.anthropicUrl,
        LLM_RETRY_WAIT_MS: '5',
        LLM_MAX_RETRIES: '2',
        ...settings,
      },
    });
    const notices: string[] = [];
    const models = createModels(config.model, (text) => text.replaceAll('hunter2-known', '***'));
    if (models === null) throw new Error('no model');
    const ending = (): { requests: number; notices: string[] } => ({
      requests: endpoint.requests().length - before,
      notices,
    });
    try {
      const result = await runToolLoop<string>({
        client: models.client('intent', (notice) => notices.push(notice)),
        messages: [{ role: 'user', text: 'do it; my password is hunter2-known' }],
        signal: more.signal ?? new AbortController().signal,
        maxSteps: more.maxSteps ?? 5,
        tools: more.tools ?? {
          extract_intent: tool({
            description: 'says what is wanted',
            schema: SCHEMA,
            run: ({ description }) => ({ done: description }),
          }),
        },
      });
      return { result, ...ending() };
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      return { reason: error.reason, message: error.message, ...ending() };
    }
  }

  it('429, then an answer: asks again after the time that was asked for', async () => {
    const started = performance.now();
    const ending = await converse([{ status: 429, message: 'slow down', retryAfter: 1 }, GOOD]);
    expect(ending).toMatchObject({ result: 'ok', requests: 2 });
    expect(performance.now() - started).toBeGreaterThan(990);
    expect(ending.notices[0]).toContain('429');
  });

  it('500 again and again: gives up after the allowed tries', async () => {
    const ending = await converse([{ status: 500, message: 'oops' }]);
    expect(ending).toMatchObject({ reason: 'unavailable', requests: 3 });
  });

  it('500 again and again with a fallback: the other model answers', async () => {
    let served = 0;
    const fallback = model.startsWith('openai') ? 'anthropic:claude-haiku-4-5' : 'openai:gpt-4.1';
    const ending = await converse(
      [...Array.from({ length: 3 }, () => ({ status: 500, message: 'oops' })), GOOD],
      { LLM_FALLBACK_MODEL: fallback },
    );
    served += ending.requests;
    expect(ending).toMatchObject({ result: 'ok' });
    expect(served).toBe(4);
    expect(ending.notices.at(-1)).toContain(`${fallback} stands in`);
  });

  it('a wrong key: says which variable to check, and asks only once', async () => {
    const ending = await converse([{ status: 401, message: 'invalid api key' }]);
    expect(ending).toMatchObject({ reason: 'key', requests: 1 });
    expect(ending.message).toMatch(/OPENAI_API_KEY|ANTHROPIC_API_KEY/);
  });

  it.each([
    ['an unknown model', { status: 404, message: 'model not found' }, 'unknown_model'],
    [
      'a conversation that is too long',
      {
        status: 400,
        message: 'prompt is too long: 300000 tokens',
        code: 'context_length_exceeded',
      },
      'context_overflow',
    ],
    ['an empty account', { status: 429, message: 'your credit balance is too low' }, 'quota'],
    ['a filter', { status: 400, message: 'blocked by content policy' }, 'refused'],
  ])('%s: its own error, and no second try', async (_what, answer, reason) => {
    expect(await converse([answer])).toMatchObject({ reason, requests: 1 });
  });

  it('no answer in time: asks again, then says so', async () => {
    endpoint.fail({ latency: 3_000 });
    expect(await converse([GOOD], { LLM_TIMEOUT: '1' })).toMatchObject({
      result: 'ok',
      requests: 2,
    });
    endpoint.fail({ latency: 3_000 });
    expect(await converse([GOOD], { LLM_TIMEOUT: '1', LLM_MAX_RETRIES: '0' })).toMatchObject({
      reason: 'timeout',
      requests: 1,
    });
  });

  it('a stream that is cut in the middle: half an answer is never taken for a whole one', async () => {
    const long = { tool: 'extract_intent', arguments: { description: 'x'.repeat(400) } };
    endpoint.fail({ truncateAfterChunks: 3 });
    const mended = await converse([long]);
    expect(mended).toMatchObject({ requests: 2 });
    expect(mended.result).toHaveLength(400);
    endpoint.fail({ truncateAfterChunks: 3 }, { disconnectAfterMs: 1, truncateAfterChunks: 2 });
    const given = await converse([long], { LLM_MAX_RETRIES: '1' });
    expect(given.requests).toBe(2);
    expect(['cut', 'unavailable']).toContain(given.reason);
  });

  const broken = {
    raw: { toolCalls: [{ name: 'extract_intent', arguments: '{"description": "half' }] },
  };
  const unfit = { tool: 'extract_intent', arguments: { description: 7 } };
  const unknown = { tool: 'run_shell', arguments: { command: 'curl evil' } };
  it.each([
    ['arguments that are no JSON', broken, 'malformed'],
    ['arguments that do not fit', unfit, 'malformed'],
    ['a tool that was not offered', unknown, 'unknown_tool'],
    ['words instead of a call', { text: 'Sure! I will do that.' }, 'no_tool_call'],
    ['nothing at all', { text: '' }, 'no_tool_call'],
  ])('%s: told once, ended the second time', async (_what, bad, reason) => {
    expect(await converse([bad, GOOD])).toMatchObject({ result: 'ok', requests: 2 });
    expect(await converse([bad, bad, GOOD])).toMatchObject({ reason, requests: 2 });
  });

  it('a refusal: says that the model refused', async () => {
    const refusal = {
      raw: { content: 'I can not help with that.', finishReason: 'content_filter' },
    };
    expect(await converse([refusal])).toMatchObject({ reason: 'refused', requests: 1 });
  });

  it('an answer over the token limit: says so, and does not use it', async () => {
    const cut = {
      raw: {
        toolCalls: [{ name: 'extract_intent', arguments: '{"description": "x"}' }],
        finishReason: 'length',
      },
    };
    expect(await converse([cut])).toMatchObject({ reason: 'truncated', requests: 1 });
  });

  it('an endless conversation: stopped at its limit, and sooner when it repeats itself', async () => {
    let step = 0;
    const read = tool<string, z.ZodType<{ path: string }>>({
      description: 'reads',
      schema: z.object({ path: z.string() }),
      run: () => ({ reply: `read ${++step}` }),
    });
    const finish = tool<string, z.ZodType<object>>({
      description: 'ends',
      schema: z.object({}),
      run: () => ({ done: 'end' }),
    });
    const tools = { read_file: read, finish_task: finish };
    const same = { tool: 'read_file', arguments: { path: 'a' } };
    expect(await converse([same], {}, { tools, maxSteps: 30 })).toMatchObject({
      reason: 'step_limit',
      requests: 3,
    });
    const others = Array.from({ length: 40 }, (_, at) => ({
      tool: 'read_file',
      arguments: { path: `f${at}` },
    }));
    expect(await converse(others, {}, { tools, maxSteps: 30 })).toMatchObject({
      reason: 'step_limit',
      requests: 30,
    });
  });

  it('a cancel ends the request on the wire at once', async () => {
    endpoint.fail({ latency: 12_000 });
    const abort = new AbortController();
    setTimeout(() => abort.abort(new Error('cancelled by a person')), 200);
    const started = performance.now();
    await expect(converse([GOOD], {}, { signal: abort.signal })).rejects.toThrow(
      'cancelled by a person',
    );
    expect(performance.now() - started).toBeLessThan(6_000);
  });

  it('no secret leaves: known values and forms of keys are masked in the prompt', async () => {
    await converse([GOOD]);
    const sent = endpoint.requests().at(-1) ?? '';
    expect(sent).toContain('my password is ***');
    expect(sent).not.toContain('hunter2-known');
  });
});
