import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { ModelClient, ModelRequest, ToolCall } from './model-client.port.js';
import { type Tool, type ToolLoopOptions, runToolLoop, tool } from './tool-loop.js';

type Said = string | [name: string, args?: unknown][];

/** A client that says what it was given, and keeps what it was asked. */
class SayingClient implements ModelClient {
  readonly name = 'test:model';
  readonly asked: ModelRequest[] = [];

  constructor(private readonly says: readonly Said[]) {}

  call(request: ModelRequest) {
    const said = this.says[this.asked.length] ?? '';
    this.asked.push({ ...request, messages: [...request.messages] });
    const calls = typeof said === 'string' ? [] : said.map(callOf);
    return Promise.resolve({
      text: typeof said === 'string' ? said : '',
      calls,
      usage: { input: 1, output: 1, cacheRead: 0, cacheWrite: 0 },
      model: this.name,
    });
  }
}

function callOf([name, args = {}]: [string, unknown?], index: number): ToolCall {
  return { id: `call-${index}`, name, arguments: args };
}

const tools: Record<string, Tool<string>> = {
  look: tool({
    description: 'looks',
    schema: z.object({ at: z.string() }),
    run: ({ at }) => ({ reply: `saw ${at}` }),
  }),
  end: tool({
    description: 'ends',
    schema: z.object({ with: z.string().prefault('nothing') }),
    run: ({ with: result }) => ({ done: result }),
  }),
};

function loop(says: readonly Said[], more: Partial<ToolLoopOptions<string>> = {}) {
  const client = new SayingClient(says);
  const { signal } = new AbortController();
  const result = runToolLoop({ client, messages: [], tools, signal, maxSteps: 6, ...more });
  return { client, result };
}

describe('a loop of tool calls', () => {
  it('answers each call and ends with the result of the tool that ends it', async () => {
    const { client, result } = loop([
      [
        ['look', { at: 'a' }],
        ['look', { at: 'b' }],
      ],
      [['end', { with: 'both' }]],
    ]);
    expect(await result).toBe('both');
    expect(client.asked[1]?.messages.map(({ text }) => text)).toEqual(['', 'saw a', 'saw b']);
  });

  it('forces the last tool at the last step, and the only tool always', async () => {
    const seen = loop([[['look', { at: 'a' }]], [['end']]], { maxSteps: 2, last: 'end' });
    await seen.result;
    expect(seen.client.asked.map(({ choice }) => choice)).toEqual(['any', { tool: 'end' }]);
    const only = loop([[['end']]], { tools: { end: tools['end'] as Tool<string> } });
    await only.result;
    expect(only.client.asked[0]?.choice).toEqual({ tool: 'end' });
  });

  it('takes in what the person says between steps', async () => {
    const said = [[], ['and hurry']];
    const { client, result } = loop([[['look', { at: 'a' }]], [['end']]], {
      beforeStep: () => Promise.resolve(said.shift() ?? []),
    });
    await result;
    expect(client.asked[1]?.messages.at(-1)).toEqual({ role: 'user', text: 'and hurry' });
  });

  it.each<[string, string, readonly Said[]]>([
    ['words', 'no_tool_call', ['well', 'well']],
    ['unknown tools', 'unknown_tool', [[['push']], [['push', { now: true }]]]],
    ['arguments that do not fit', 'malformed', [[['look']], [['look', { at: 1 }]]]],
  ])('ends when %s come twice in a row', async (_what, reason, says) => {
    await expect(loop(says).result).rejects.toMatchObject({ reason });
  });

  it('goes on when what can not be used came once', async () => {
    const { client, result } = loop(['hm', [['end']]]);
    expect(await result).toBe('nothing');
    expect(client.asked[1]?.messages.at(-1)?.text).toContain('look, end');
  });

  it('stops the same call the third time in a row, and any conversation at its last step', async () => {
    const same: Said = [['look', { at: 'a' }]];
    await expect(loop([same, same, same]).result).rejects.toMatchObject({ reason: 'step_limit' });
    const endless = Array.from({ length: 9 }, (_, at): Said => [['look', { at: String(at) }]]);
    const { client, result } = loop(endless);
    await expect(result).rejects.toThrow('did not come to an end in 6 steps');
    expect(client.asked).toHaveLength(6);
  });

  it('asks nothing any more once it was aborted', async () => {
    const { client, result } = loop([[['end']]], { signal: AbortSignal.abort(new Error('gone')) });
    await expect(result).rejects.toThrow('gone');
    expect(client.asked).toEqual([]);
  });
});
