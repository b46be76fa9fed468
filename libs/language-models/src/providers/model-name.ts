import { HilError } from '@hil/contracts';

export const PROVIDERS = [
  'openai',
  'anthropic',
  'google',
  'azure',
  'bedrock',
  'ollama',
  'openrouter',
] as const;
export type Provider = (typeof PROVIDERS)[number];

export interface ModelName {
  provider: Provider;
  model: string;
}

/** How bare names begin, by provider. */
const BEGINNINGS: readonly [RegExp, Provider][] = [
  [/^(?:gpt-|chatgpt-|o[134](?:-|$)|codex-)/, 'openai'],
  [/^claude/, 'anthropic'],
  [/^gemini/, 'google'],
  [/^(?:amazon|anthropic|meta|us\.)\./, 'bedrock'],
];

/**
 * Reads `provider:model`, or a bare name such as `gpt-4` whose provider is clear from its beginning.
 * @throws HilError validation_error
 */
export function parseModelName(text: string, variable = 'LLM_MODEL'): ModelName {
  const [prefix, ...rest] = text.trim().split(':');
  const provider = PROVIDERS.find((name) => name === prefix);
  const model = rest.join(':').trim();
  if (provider !== undefined && model !== '') return { provider, model };
  const inferred = BEGINNINGS.find(([beginning]) => beginning.test(text.trim()))?.[1];
  if (inferred !== undefined) return { provider: inferred, model: text.trim() };
  throw new HilError(
    'validation_error',
    `${variable}: "${text}" names no known provider; write provider:model with one of ${PROVIDERS.join(', ')}`,
  );
}
