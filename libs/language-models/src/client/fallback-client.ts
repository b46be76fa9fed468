import { ModelError, type ModelErrorReason } from './model.error.js';
import type { ModelClient, ModelReply, ModelRequest } from './model-client.port.js';

/** After these another model may do better; after the others it would be asked the same wrong thing. */
const STANDS_IN: ReadonlySet<ModelErrorReason> = new Set([
  'quota',
  'unknown_model',
  'rate_limited',
  'unavailable',
  'timeout',
  'cut',
  'context_overflow',
]);

/** Asks a second model when the first one is away. */
export class FallbackClient implements ModelClient {
  readonly name: string;

  constructor(
    private readonly first: ModelClient,
    private readonly second: ModelClient,
    private readonly onFallback: (message: string) => void = () => undefined,
  ) {
    this.name = first.name;
  }

  async call(request: ModelRequest): Promise<ModelReply> {
    try {
      return await this.first.call(request);
    } catch (error) {
      if (!(error instanceof ModelError) || !STANDS_IN.has(error.reason)) throw error;
      this.onFallback(`${error.message}; ${this.second.name} stands in`);
      return this.second.call(request);
    }
  }
}
