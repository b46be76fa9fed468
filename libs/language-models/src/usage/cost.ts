import type { TokenUsage } from '../client/model-client.port.js';

/** Providers whose prices are listed under another name. */
const LISTED_AS: Readonly<Record<string, string>> = { bedrock: 'aws' };

/**
 * US dollars of one call by the kept list of prices, or null when the model is not on it (a local or a very
 * new one). The list is imported when first asked for.
 * @param model `provider:model`
 */
export async function costOf(model: string, usage: TokenUsage): Promise<number | null> {
  const [provider = '', ...rest] = model.split(':');
  const { calcPrice } = await import('@pydantic/genai-prices');
  const price = calcPrice(
    {
      input_tokens: usage.input,
      output_tokens: usage.output,
      ...(usage.cacheRead > 0 ? { cache_read_tokens: usage.cacheRead } : {}),
      ...(usage.cacheWrite > 0 ? { cache_write_tokens: usage.cacheWrite } : {}),
    },
    rest.join(':'),
    { providerId: LISTED_AS[provider] ?? provider },
  );
  return price === null ? null : price.total_price;
}
