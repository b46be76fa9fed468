import { Worker } from 'node:worker_threads';
import { HilError } from '@hil/contracts';
import type { FileEdits, WorkerRequest, WorkerResponse } from './worker/protocol.js';
import { workerUrl } from './worker-url.js';

const MEMORY_MB = 3072;

/**
 * Asks the TypeScript language service in a thread of its own, so that the event loop stays free and an
 * abort takes effect at once.
 * @throws HilError `validation_error` with the reason of a refusal
 */
export async function askTypeScript(
  request: WorkerRequest,
  signal: AbortSignal,
): Promise<{ files: FileEdits[]; notes: string[] }> {
  signal.throwIfAborted();
  const worker = new Worker(await workerUrl('main'), {
    workerData: request,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  const stop = (): void => void worker.terminate();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const response = await new Promise<WorkerResponse>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', (error) => reject(HilError.from(error)));
      worker.once('exit', (code) =>
        reject(
          signal.reason ??
            new HilError('internal_error', `The TypeScript worker ended early (code ${code}).`),
        ),
      );
    });
    if (!response.ok) throw new HilError('validation_error', response.refused);
    return { files: response.files, notes: response.notes };
  } finally {
    signal.removeEventListener('abort', stop);
    await worker.terminate();
  }
}
