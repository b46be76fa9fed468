import { loadConfig } from '@hil/config';
import { describe, expect, it } from '@jest/globals';
import { createModels } from '../create-models.js';
import { parseModelName } from './model-name.js';
import { providerOptions } from './provider-options.js';

const same = (text: string): string => text;
const configOf = (env: Record<string, string>) => loadConfig({ shape: 'embedded', env }).model;

describe('the name of a model', () => {
  it.each([
    ['openai:gpt-4.1', 'openai', 'gpt-4.1'],
    ['ollama:qwen3:8b', 'ollama', 'qwen3:8b'],
    ['openrouter:meta-llama/llama-3.3-70b', 'openrouter', 'meta-llama/llama-3.3-70b'],
    ['gpt-4', 'openai', 'gpt-4'],
    ['claude-sonnet-4-5', 'anthropic', 'claude-sonnet-4-5'],
    ['gemini-2.5-pro', 'google', 'gemini-2.5-pro'],
  ])('%s is of %s', (text, provider, model) => {
    expect(parseModelName(text)).toEqual({ provider, model });
  });

  it('of no known provider is refused with the way to write it', () => {
    expect(() => parseModelName('llama3')).toThrow(/LLM_MODEL: "llama3".*provider:model/);
  });
});

describe('the models of a configuration', () => {
  it('are none without LLM_MODEL', () => {
    expect(createModels(configOf({}), same)).toBeNull();
  });

  it('may differ by role', () => {
    const models = createModels(
      configOf({
        LLM_MODEL: 'openai:gpt-4.1',
        LLM_MODEL_EDITOR: 'claude-sonnet-4-5',
        LLM_FALLBACK_MODEL: 'openai:gpt-4.1-mini',
        OPENAI_API_KEY: 'a',
        ANTHROPIC_API_KEY: 'b',
      }),
      same,
    );
    expect(models?.names).toEqual({
      intent: 'openai:gpt-4.1',
      planner: 'openai:gpt-4.1',
      editor: 'anthropic:claude-sonnet-4-5',
      answers: 'openai:gpt-4.1',
    });
    expect(models?.fallback).toBe('openai:gpt-4.1-mini');
  });

  it('need their key at boot, unless a server of one’s own is named', () => {
    expect(() => createModels(configOf({ LLM_MODEL: 'openai:gpt-4.1' }), same)).toThrow(
      'OPENAI_API_KEY',
    );
    const own = { LLM_MODEL: 'openai:x', OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' };
    expect(createModels(configOf(own), same)?.names.intent).toBe('openai:x');
  });

  it('of a provider whose package is not installed say how to add it', () => {
    const google = { LLM_MODEL: 'google:gemini-2.5-pro', GOOGLE_API_KEY: 'k' };
    expect(() => createModels(configOf(google), same)).toThrow(
      'npm install --no-save @langchain/google@0.2.6',
    );
  });

  it('Ollama, OpenRouter and Azure need no package of their own', () => {
    const config = configOf({
      OLLAMA_BASE_URL: 'http://gpu:11434',
      OPENROUTER_API_KEY: 'k',
      AZURE_OPENAI_API_KEY: 'k',
    });
    for (const provider of ['ollama', 'openrouter', 'azure'] as const) {
      const options = providerOptions({ provider, model: 'm' }, config);
      expect(options.package).toBe('@langchain/openai');
    }
    expect(providerOptions({ provider: 'ollama', model: 'm' }, config).fields).toMatchObject({
      configuration: { baseURL: 'http://gpu:11434/v1' },
    });
  });
});
