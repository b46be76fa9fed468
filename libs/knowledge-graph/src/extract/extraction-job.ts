import type { SourceLanguage } from '../syntax/language.js';
import type { FileFacts } from './file-facts.js';

/** What the pool sends to a worker thread: a batch of files. */
export interface ExtractionJob {
  files: { language: SourceLanguage; bytes: Uint8Array }[];
}

/** The worker's answer: facts in the order of the batch. */
export interface ExtractionResult {
  facts: FileFacts[];
}
