import type { BaseMessage, AIMessageChunk, MessageContent } from '@langchain/core/messages';
import { classifyError } from './classify-error.js';
import { ModelError } from './model.error.js';
import type {
  ModelClient,
  ModelMessage,
  ModelReply,
  ModelRequest,
  TokenUsage,
  ToolCall,
} from './model-client.port.js';

/** What this client needs of a LangChain chat model. */
export interface StreamingChatModel {
  bindTools(
    tools: Record<string, unknown>[],
    options: Record<string, unknown>,
  ): {
    stream(
      messages: BaseMessage[],
      options: { signal: AbortSignal },
    ): Promise<AsyncIterable<AIMessageChunk>>;
  };
}

export interface LangchainClientOptions {
  /** `provider:model`. */
  name: string;
  /** Environment variable with the key, for messages. */
  keyName: string;
  /** Longest time for one answer, in ms. */
  timeoutMs: number;
  /** Loads the model at the first call: LangChain and a provider take over a second to import. */
  load: () => Promise<StreamingChatModel>;
}

/** One model behind LangChain. Answers are streamed, so an abort ends them and a cut is noticed. */
export class LangchainClient implements ModelClient {
  readonly name: string;
  private model: Promise<StreamingChatModel> | undefined;

  constructor(private readonly options: LangchainClientOptions) {
    this.name = options.name;
  }

  async call(request: ModelRequest): Promise<ModelReply> {
    request.signal.throwIfAborted();
    this.model ??= this.options.load();
    const model = await this.model;
    const timeout = AbortSignal.timeout(this.options.timeoutMs);
    const signal = AbortSignal.any([request.signal, timeout]);
    try {
      const chunk = await abortable(this.stream(model, request, signal), signal);
      return this.reply(chunk);
    } catch (error) {
      request.signal.throwIfAborted();
      if (timeout.aborted) {
        throw new ModelError(
          'timeout',
          `${this.name} gave no whole answer in ${this.options.timeoutMs / 1_000} s (LLM_TIMEOUT)`,
          { cause: error },
        );
      }
      throw classifyError(error, this.name, this.options.keyName);
    }
  }

  private async stream(
    model: StreamingChatModel,
    request: ModelRequest,
    signal: AbortSignal,
  ): Promise<AIMessageChunk> {
    const messages = await toLangchain(request.messages);
    const tools = request.tools.map(({ name, description, parameters }) => ({
      type: 'function',
      function: { name, description, parameters },
    }));
    const { choice } = request;
    const bound = model.bindTools(tools, {
      tool_choice: choice === 'any' ? 'any' : choice.tool,
    });
    let whole: AIMessageChunk | undefined;
    for await (const chunk of await bound.stream(messages, { signal })) {
      whole = whole === undefined ? chunk : whole.concat(chunk);
    }
    if (whole === undefined) throw this.cut();
    return whole;
  }

  private reply(chunk: AIMessageChunk): ModelReply {
    const stop = stopReason(chunk);
    if (stop === undefined) throw this.cut();
    if (/content_filter|refusal|safety/i.test(stop) || refusalOf(chunk) !== undefined) {
      const words = refusalOf(chunk) ?? textOf(chunk.content);
      throw new ModelError(
        'refused',
        `${this.name} refused the request${words === '' ? '' : `: ${words.slice(0, 300)}`}`,
      );
    }
    if (/^(?:length|max_tokens|MAX_TOKENS|model_context_window_exceeded)$/.test(stop)) {
      throw new ModelError(
        'truncated',
        `${this.name} reached its output limit in the middle of an answer. Raise LLM_MAX_TOKENS, or ask for less at once`,
      );
    }
    return {
      text: textOf(chunk.content),
      calls: callsOf(chunk),
      usage: usageOf(chunk),
      model: this.name,
    };
  }

  private cut(): ModelError {
    return new ModelError('cut', `the answer of ${this.name} ended in the middle`);
  }
}

/** Ends with the signal even where a library below does not listen to it. */
async function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    work.catch(() => undefined);
  }
}

async function toLangchain(messages: readonly ModelMessage[]): Promise<BaseMessage[]> {
  const { AIMessage, HumanMessage, SystemMessage, ToolMessage } =
    await import('@langchain/core/messages');
  return messages.map((message) => {
    switch (message.role) {
      case 'system':
        return new SystemMessage(message.text);
      case 'user':
        return new HumanMessage(message.text);
      case 'assistant':
        return new AIMessage({
          content: message.text,
          tool_calls: message.calls.map(({ id, name, arguments: args }) => ({
            id,
            name,
            args: isRecord(args) ? args : {},
            type: 'tool_call',
          })),
        });
      case 'tool':
        return new ToolMessage({
          content: message.text,
          tool_call_id: message.callId,
          name: message.name,
        });
    }
  });
}

/**
 * The calls from the raw text of their arguments. LangChain's own `tool_calls` come from a parser that
 * completes what is cut off, and half an edit must never pass for a whole one.
 */
function callsOf(chunk: AIMessageChunk): ToolCall[] {
  return (chunk.tool_call_chunks ?? []).map(({ id, name, args }, index) => {
    const call = { id: id ?? `call-${index + 1}`, name: name ?? '' };
    const text = args === undefined || args.trim() === '' ? '{}' : args;
    try {
      return { ...call, arguments: JSON.parse(text) as unknown };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return { ...call, arguments: {}, problem: `the arguments are not JSON: ${why}` };
    }
  });
}

function stopReason({ response_metadata, additional_kwargs }: AIMessageChunk): string | undefined {
  const found = [
    response_metadata['finish_reason'],
    response_metadata['stop_reason'],
    additional_kwargs['stop_reason'],
    response_metadata['finishReason'],
    response_metadata['stopReason'],
    response_metadata['done_reason'],
    response_metadata['status'],
  ].find((one) => typeof one === 'string' && one !== '');
  return found as string | undefined;
}

function refusalOf({ additional_kwargs }: AIMessageChunk): string | undefined {
  const refusal = additional_kwargs['refusal'];
  return typeof refusal === 'string' && refusal !== '' ? refusal : undefined;
}

function textOf(content: MessageContent): string {
  if (typeof content === 'string') return content;
  return content
    .map((block) => ('text' in block && typeof block['text'] === 'string' ? block['text'] : ''))
    .join('');
}

function usageOf({ usage_metadata }: AIMessageChunk): TokenUsage {
  return {
    input: usage_metadata?.input_tokens ?? 0,
    output: usage_metadata?.output_tokens ?? 0,
    cacheRead: usage_metadata?.input_token_details?.cache_read ?? 0,
    cacheWrite: usage_metadata?.input_token_details?.cache_creation ?? 0,
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
