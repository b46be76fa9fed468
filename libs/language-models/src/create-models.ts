import type { Config } from '@hil/config';
import { FallbackClient } from './client/fallback-client.js';
import { LangchainClient } from './client/langchain-client.js';
import { MODEL_ROLES, type ModelClient, type ModelRole } from './client/model-client.port.js';
import { RedactingClient } from './client/redacting-client.js';
import { RetryingClient } from './client/retrying-client.js';
import { loadModel, requirePackage } from './providers/load-model.js';
import { parseModelName } from './providers/model-name.js';
import { providerOptions } from './providers/provider-options.js';

/** The configured models, one for each role. */
export interface Models {
  /** `provider:model` of each role. */
  readonly names: Readonly<Record<ModelRole, string>>;
  readonly fallback: string | undefined;
  /** A client of the role; `onNotice` hears of retries and of the fallback. */
  client(role: ModelRole, onNotice?: (message: string) => void): ModelClient;
}

/**
 * The models of the configuration, or null when none is configured. Nothing is imported or asked yet, but a name,
 * key or package that is missing is told now.
 * @param redact masks the secrets of the configuration in everything that is sent
 * @throws HilError validation_error
 */
export function createModels(
  config: Config['model'],
  redact: (text: string) => string,
): Models | null {
  if (config.name === undefined) return null;
  const main = config.name;
  const made = new Map<string, ModelClient>();
  const clientOf = (text: string, variable: string): ModelClient => {
    const name = parseModelName(text, variable);
    const key = `${name.provider}:${name.model}`;
    const known = made.get(key);
    if (known !== undefined) return known;
    const options = providerOptions(name, config);
    requirePackage(options);
    const client = new RedactingClient(
      new LangchainClient({
        name: key,
        keyName: options.keyName,
        timeoutMs: config.timeoutSeconds * 1_000,
        load: () => loadModel(options),
      }),
      redact,
    );
    made.set(key, client);
    return client;
  };
  const clients = Object.fromEntries(
    MODEL_ROLES.map((role) => [
      role,
      clientOf(config.roles[role] ?? main, `LLM_MODEL_${role.toUpperCase()}`),
    ]),
  ) as Record<ModelRole, ModelClient>;
  const second =
    config.fallback === undefined ? undefined : clientOf(config.fallback, 'LLM_FALLBACK_MODEL');
  return {
    names: Object.fromEntries(MODEL_ROLES.map((role) => [role, clients[role].name])) as Record<
      ModelRole,
      string
    >,
    fallback: second?.name,
    client: (role, onNotice = () => undefined) => {
      const retrying = (inner: ModelClient): ModelClient =>
        new RetryingClient(inner, {
          retries: config.maxRetries,
          firstWaitMs: config.retryWaitMs,
          onRetry: onNotice,
        });
      const first = retrying(clients[role]);
      return second === undefined || second.name === first.name
        ? first
        : new FallbackClient(first, retrying(second), onNotice);
    },
  };
}
