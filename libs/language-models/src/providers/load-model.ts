import { HilError } from '@hil/contracts';
import type { StreamingChatModel } from '../client/langchain-client.js';
import type { ProviderOptions } from './provider-options.js';

/** @throws HilError validation_error with the command that adds the provider's package */
export function requirePackage(options: ProviderOptions): void {
  try {
    import.meta.resolve(options.package);
  } catch (cause) {
    throw new HilError(
      'validation_error',
      `LLM_MODEL: this provider needs the package ${options.package}; add it with: npm install --no-save ${options.install ?? options.package}`,
      { cause },
    );
  }
}

/** Imports LangChain and the provider, and makes the model. Over a second the first time. */
export async function loadModel(options: ProviderOptions): Promise<StreamingChatModel> {
  const { initChatModel } = await import('langchain/chat_models/universal');
  const { model, ...fields } = options.fields;
  const made = await initChatModel(String(model), {
    ...fields,
    modelProvider: options.langchain,
  });
  return made as unknown as StreamingChatModel;
}
