import type { Config } from '@hil/config';
import { HilError } from '@hil/contracts';
import type { ModelName, Provider } from './model-name.js';

/** How LangChain makes a model of one provider. */
export interface ProviderOptions {
  /** Name in LangChain's `initChatModel`. */
  langchain: string;
  /** npm package with the provider. */
  package: string;
  /** Set when the package is not part of the product's install: what adds it. */
  install?: string;
  /** Environment variable with the key, for messages. */
  keyName: string;
  /** Fields of the model's constructor. */
  fields: Record<string, unknown>;
}

type Build = (model: Config['model']) => Omit<ProviderOptions, 'langchain' | 'package' | 'install'>;

const OPENROUTER_URL = 'https://openrouter.ai/api/v1';
const OLLAMA_URL = 'http://127.0.0.1:11434';

/**
 * OpenAI and Anthropic come with the product. OpenRouter, Ollama and Azure speak OpenAI's format, so they
 * need no further package. Google and Bedrock have packages of their own, added by those who use them.
 */
const TABLE: Record<
  Provider,
  { langchain: string; package: string; install?: string; build: Build }
> = {
  openai: {
    langchain: 'openai',
    package: '@langchain/openai',
    build: ({ openai }) => ({
      keyName: 'OPENAI_API_KEY',
      fields: {
        // A compatible server of one's own often has no keys.
        apiKey: needed('openai', 'OPENAI_API_KEY', openai.apiKey, openai.baseUrl),
        ...base(openai.baseUrl),
      },
    }),
  },
  openrouter: {
    langchain: 'openai',
    package: '@langchain/openai',
    build: ({ openrouter }) => ({
      keyName: 'OPENROUTER_API_KEY',
      fields: {
        apiKey: needed('openrouter', 'OPENROUTER_API_KEY', openrouter.apiKey, openrouter.baseUrl),
        ...base(openrouter.baseUrl ?? OPENROUTER_URL),
      },
    }),
  },
  ollama: {
    langchain: 'openai',
    package: '@langchain/openai',
    build: ({ ollama }) => ({
      keyName: 'OLLAMA_BASE_URL',
      fields: {
        apiKey: 'none',
        ...base(`${(ollama.baseUrl ?? OLLAMA_URL).replace(/\/+$/, '').replace(/\/v1$/, '')}/v1`),
      },
    }),
  },
  azure: {
    langchain: 'azure_openai',
    package: '@langchain/openai',
    build: ({ azure }) => ({
      keyName: 'AZURE_OPENAI_API_KEY',
      fields: {
        azureOpenAIApiKey: needed('azure', 'AZURE_OPENAI_API_KEY', azure.apiKey),
        azureOpenAIEndpoint: azure.endpoint,
        azureOpenAIApiInstanceName: azure.instanceName,
        azureOpenAIApiDeploymentName: azure.deploymentName,
        azureOpenAIApiVersion: azure.apiVersion ?? '2024-10-21',
      },
    }),
  },
  anthropic: {
    langchain: 'anthropic',
    package: '@langchain/anthropic',
    build: ({ anthropic }) => ({
      keyName: 'ANTHROPIC_API_KEY',
      fields: {
        apiKey: needed('anthropic', 'ANTHROPIC_API_KEY', anthropic.apiKey, anthropic.baseUrl),
        ...(anthropic.baseUrl === undefined ? {} : { anthropicApiUrl: anthropic.baseUrl }),
      },
    }),
  },
  google: {
    langchain: 'google',
    package: '@langchain/google',
    install: '@langchain/google@0.2.6',
    build: ({ google }) => ({
      keyName: 'GOOGLE_API_KEY',
      fields: { apiKey: needed('google', 'GOOGLE_API_KEY', google.apiKey) },
    }),
  },
  bedrock: {
    langchain: 'bedrock',
    package: '@langchain/aws',
    install: '@langchain/aws',
    build: ({ aws }) => ({
      keyName: 'AWS_ACCESS_KEY_ID',
      fields: {
        region: needed('bedrock', 'AWS_REGION', aws.region),
        // Without keys the AWS SDK looks for a profile or a role by itself.
        ...(aws.accessKeyId === undefined || aws.secretAccessKey === undefined
          ? {}
          : {
              credentials: {
                accessKeyId: aws.accessKeyId,
                secretAccessKey: aws.secretAccessKey,
                ...(aws.sessionToken === undefined ? {} : { sessionToken: aws.sessionToken }),
              },
            }),
      },
    }),
  },
};

/**
 * What `initChatModel` needs for a model, from the configuration.
 * @throws HilError validation_error when a key that the provider can't do without is missing
 */
export function providerOptions(
  { provider, model }: ModelName,
  config: Config['model'],
): ProviderOptions {
  const { build, ...row } = TABLE[provider];
  const { keyName, fields } = build(config);
  return {
    ...row,
    keyName,
    fields: {
      ...fields,
      model,
      // Retries are made around the client, where they are logged and can be aborted.
      maxRetries: 0,
      ...(config.temperature === undefined ? {} : { temperature: config.temperature }),
      ...(config.maxTokens === undefined ? {} : { maxTokens: config.maxTokens }),
    },
  };
}

function base(url: string | undefined): Record<string, unknown> {
  return url === undefined ? {} : { configuration: { baseURL: url } };
}

/** @param instead set when a server of one's own makes the value dispensable */
function needed(
  provider: Provider,
  variable: string,
  value: string | undefined,
  instead?: string,
): string {
  if (value !== undefined) return value;
  if (instead !== undefined) return 'none';
  throw new HilError('validation_error', `${variable}: is required by a model of ${provider}`);
}
