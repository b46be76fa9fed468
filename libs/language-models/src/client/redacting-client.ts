import { redactSecretForms } from '@hil/observability';
import type { ModelClient, ModelMessage, ModelReply, ModelRequest } from './model-client.port.js';

/** The last thing before a prompt leaves: known secrets and unmistakable forms of secrets are masked. */
export class RedactingClient implements ModelClient {
  readonly name: string;

  /** @param redact masks the secrets of the configuration by value */
  constructor(
    private readonly inner: ModelClient,
    private readonly redact: (text: string) => string,
  ) {
    this.name = inner.name;
  }

  call(request: ModelRequest): Promise<ModelReply> {
    return this.inner.call({
      ...request,
      messages: request.messages.map((message) => this.masked(message)),
    });
  }

  private masked(message: ModelMessage): ModelMessage {
    const text = this.mask(message.text);
    if (message.role !== 'assistant') return { ...message, text };
    const calls = message.calls.map((call) => ({
      ...call,
      arguments: this.maskedValue(call.arguments),
    }));
    return { ...message, text, calls };
  }

  /** String by string: a mask over the text of JSON could take a quote with it. */
  private maskedValue(value: unknown): unknown {
    if (typeof value === 'string') return this.mask(value);
    if (Array.isArray(value)) return value.map((each) => this.maskedValue(each));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, this.maskedValue(each)]),
    );
  }

  private mask(text: string): string {
    return redactSecretForms(this.redact(text));
  }
}
