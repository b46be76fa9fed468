import type { Config } from './config.js';

/**
 * Every secret the configuration holds, for redaction: keys and tokens as they are, and the user
 * passwords inside URLs, also in their decoded form.
 */
export function secretValues(config: Config): string[] {
  const { model, github, gitlab } = config;
  const plain = [
    ...config.auth.apiKeys.map((key) => key.secret),
    model.openai.apiKey,
    model.anthropic.apiKey,
    model.openrouter.apiKey,
    model.google.apiKey,
    model.azure.apiKey,
    model.aws.accessKeyId,
    model.aws.secretAccessKey,
    model.aws.sessionToken,
    github.token,
    github.appPrivateKey,
    gitlab.token,
    config.records.signingKey,
    config.webhooks.github,
    config.webhooks.gitlab,
  ];
  const urls = [
    config.database.url,
    config.queue.redisUrl,
    config.network.httpsProxy,
    model.openai.baseUrl,
    model.anthropic.baseUrl,
    model.openrouter.baseUrl,
    model.ollama.baseUrl,
    model.azure.endpoint,
    github.apiUrl,
    gitlab.url,
  ];
  const values = [...plain, ...urls.flatMap(passwords)];
  return [...new Set(values.filter((value) => value !== undefined && value !== ''))] as string[];
}

function passwords(url: string | undefined): string[] {
  if (url === undefined || !URL.canParse(url)) return [];
  const { password } = new URL(url);
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}
