/** Who in the product asks; each role may have a model of its own. */
export const MODEL_ROLES = ['intent', 'planner', 'editor', 'answers'] as const;
export type ModelRole = (typeof MODEL_ROLES)[number];

/** A tool as a model sees it. */
export interface ToolSpec {
  name: string;
  description: string;
  /** JSON Schema of the arguments. */
  parameters: Record<string, unknown>;
}

/** A model's wish to call a tool. `problem` says why its arguments could not be read. */
export interface ToolCall {
  id: string;
  name: string;
  arguments: unknown;
  problem?: string;
}

/** One message of a conversation, in the words of no provider. */
export type ModelMessage =
  | { role: 'system' | 'user'; text: string }
  | { role: 'assistant'; text: string; calls: ToolCall[] }
  | { role: 'tool'; callId: string; name: string; text: string };

export interface ModelRequest {
  messages: readonly ModelMessage[];
  tools: readonly ToolSpec[];
  /** The tool that must be called, or any of them. */
  choice: 'any' | { tool: string };
  /** Aborts the request on the wire. */
  signal: AbortSignal;
}

/** Tokens of one call; cached ones are part of `input`. */
export interface TokenUsage {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
}

export interface ModelReply {
  /** Words beside the tool calls; often empty. */
  text: string;
  calls: ToolCall[];
  usage: TokenUsage;
  /** The model that answered, as `provider:model`: the fallback's when it stood in. */
  model: string;
}

/** Answers requests by tool calls. Implemented on LangChain; wrapped for retries, fallback and redaction. */
export interface ModelClient {
  /** `provider:model`. */
  readonly name: string;
  /**
   * @throws ModelError what went wrong and what to do
   * @throws the signal's reason when it was aborted
   */
  call(request: ModelRequest): Promise<ModelReply>;
}
