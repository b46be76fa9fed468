import { type ChatCompletionRequest, type FixtureResponse, LLMock } from '@copilotkit/aimock';

/** One tool call of a script. */
export interface ScriptedCall {
  tool: string;
  arguments: Record<string, unknown>;
}

/** What the scripted model sees of a request. */
export interface SeenRequest {
  /** `system` and `user` texts, in order. */
  prompt: string;
  /** Everything, tool results too. */
  text: string;
  /** The text of the last message. */
  last: string;
  /** Names of the offered tools. */
  tools: string[];
  /** How many answers of the model the conversation holds. */
  turn: number;
}

/** Answers requests: by a call, several calls, an error, or words. */
export type ScriptedAnswer =
  | ScriptedCall
  | ScriptedCall[]
  | { text: string }
  | { status: number; message: string; code?: string; retryAfter?: number }
  /** The response of aimock as it is, for malformed calls and finish reasons. */
  | { raw: FixtureResponse };

export type ModelScript = (request: SeenRequest) => ScriptedAnswer | Promise<ScriptedAnswer>;

/** How the next answers go wrong on the wire. */
export interface WireFault {
  /** Ends the stream after this many chunks. */
  truncateAfterChunks?: number;
  /** Cuts the connection after this time, in ms. */
  disconnectAfterMs?: number;
  /** Waits this long before the answer, in ms. */
  latency?: number;
}

/** A model server that nobody here wrote (aimock), which answers by a script. */
export interface ModelEndpoint {
  /** For OPENAI_BASE_URL. */
  openaiUrl: string;
  /** For ANTHROPIC_BASE_URL. */
  anthropicUrl: string;
  /** Requests as they arrived, as JSON. */
  requests(): string[];
  /** Replaces the script. */
  play(script: ModelScript): void;
  /** The next answers go wrong in this way, one entry each. */
  fail(...faults: WireFault[]): void;
  close(): Promise<void>;
}

/** Starts aimock on a free port of the loopback. */
export async function startModelEndpoint(script: ModelScript): Promise<ModelEndpoint> {
  const mock = new LLMock({ host: '127.0.0.1', port: 0, chunkSize: 40, journalMaxEntries: 0 });
  let current = script;
  const always = { predicate: () => true };
  const answer = async (request: ChatCompletionRequest): Promise<FixtureResponse> =>
    toResponse(await current(seen(request)));
  mock.on(always, answer);
  await mock.start();
  return {
    openaiUrl: `${mock.url}/v1`,
    anthropicUrl: mock.url,
    requests: () => mock.getRequests().map(({ body }) => JSON.stringify(body)),
    play: (next) => {
      current = next;
    },
    fail: (...faults) => {
      let served = 0;
      for (const [turn, fault] of [...faults.entries()].reverse()) {
        mock.prependFixture({
          match: { predicate: () => served === turn },
          response: (request) => {
            served += 1;
            return answer(request);
          },
          ...fault,
        });
      }
    },
    close: () => mock.stop(),
  };
}

function toResponse(answer: ScriptedAnswer): FixtureResponse {
  if ('raw' in answer) return answer.raw;
  if ('text' in answer) return { content: answer.text };
  if ('status' in answer) {
    const { status, message, code, retryAfter } = answer;
    return {
      status,
      error: { message, type: 'error', ...(code === undefined ? {} : { code }) },
      ...(retryAfter === undefined ? {} : { retryAfter }),
    };
  }
  const calls = Array.isArray(answer) ? answer : [answer];
  return {
    toolCalls: calls.map(({ tool, arguments: args }) => ({
      name: tool,
      arguments: JSON.stringify(args),
    })),
  };
}

function seen({ messages, tools = [] }: ChatCompletionRequest): SeenRequest {
  const texts = messages.map(({ role, content, tool_calls: calls = [] }) => ({
    role,
    text: [
      typeof content === 'string' ? content : (content ?? []).map(({ text = '' }) => text).join(''),
      ...calls.map((call) => `${call.function.name} ${call.function.arguments}`),
    ].join('\n'),
  }));
  return {
    prompt: texts
      .filter(({ role }) => role === 'system' || role === 'user')
      .map(({ text }) => text)
      .join('\n'),
    text: texts.map(({ text }) => text).join('\n'),
    last: texts.at(-1)?.text ?? '',
    tools: tools.map((tool) => tool.function.name),
    turn: messages.filter(({ role }) => role === 'assistant').length,
  };
}
