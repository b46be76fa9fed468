import type { SourceLanguage } from '../syntax/language.js';
/** What the pool sends to a worker thread: a batch of files. */
export interface ExtractionJob {
  files: { language: SourceLanguage; bytes: Uint8Array }[];
}

/**
 * The worker's answer: facts in the order of the batch, as JSON. Sent as objects, every `public` and every
 * `method` would be a string of its own; read from JSON, equal short strings are one.
 */
export interface ExtractionResult {
  json: string;
}
