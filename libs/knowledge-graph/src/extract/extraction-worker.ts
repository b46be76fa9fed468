import { parentPort } from 'node:worker_threads';
import { extractFile } from './extract-file.js';
import type { FileFacts } from './file-facts.js';
import type { ExtractionJob, ExtractionResult } from './extraction-job.js';

/** Entry of an extraction thread: answers each batch with its facts, until it is terminated. */
parentPort?.on('message', (job: ExtractionJob) => {
  void answer(job);
});

async function answer(job: ExtractionJob): Promise<void> {
  const facts: FileFacts[] = [];
  for (const file of job.files) facts.push(await extractFile(file.language, file.bytes));
  const result: ExtractionResult = { json: JSON.stringify(facts) };
  parentPort?.postMessage(result);
}
