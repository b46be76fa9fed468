import { availableParallelism } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { HilError } from '@hil/contracts';
import { extractFile } from './extract-file.js';
import type { ExtractionJob, ExtractionResult } from './extraction-job.js';
import type { FileFacts } from './file-facts.js';

/** Turns batches of files into facts; `close` must be called, also after an abort. */
export interface ExtractionPool {
  /** How many batches make progress at the same time. */
  readonly width: number;
  extract(job: ExtractionJob): Promise<FileFacts[]>;
  close(): Promise<void>;
}

/** Extracts in the calling thread, giving the event loop a turn after every file. */
class InlineExtraction implements ExtractionPool {
  readonly width = 1;

  constructor(private readonly signal?: AbortSignal) {}

  async extract(job: ExtractionJob): Promise<FileFacts[]> {
    const facts: FileFacts[] = [];
    for (const file of job.files) {
      this.signal?.throwIfAborted();
      facts.push(await extractFile(file.language, file.bytes));
      await nextTurn();
    }
    return facts;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

interface Slot {
  worker: Worker;
  pending: { resolve(facts: FileFacts[]): void; reject(error: unknown): void } | null;
}

/** Extracts in worker threads, at most one batch in each. An abort ends the threads at once. */
export class ThreadedExtraction implements ExtractionPool {
  readonly width: number;
  private readonly slots: Slot[] = [];
  private isOpen = true;
  private readonly onAbort = (): void => void this.close();

  constructor(
    private readonly script: URL,
    private readonly signal?: AbortSignal,
    width = Math.min(2, availableParallelism()),
  ) {
    this.width = width;
    for (let i = 0; i < width; i += 1) this.slots.push(this.start());
    signal?.addEventListener('abort', this.onAbort, { once: true });
  }

  private start(): Slot {
    const slot: Slot = { worker: new Worker(this.script), pending: null };
    slot.worker.on('message', (result: ExtractionResult) => {
      const { pending } = slot;
      slot.pending = null;
      pending?.resolve(JSON.parse(result.json) as FileFacts[]);
    });
    slot.worker.on('error', (cause) => this.fail(slot, cause));
    slot.worker.on('exit', () => this.fail(slot, undefined));
    return slot;
  }

  private fail(slot: Slot, cause: unknown): void {
    const index = this.slots.indexOf(slot);
    if (index === -1) return;
    const { pending } = slot;
    slot.pending = null;
    // The next batch gets a fresh thread: one bad file must not end the work on all others.
    if (this.isOpen && !this.signal?.aborted) this.slots[index] = this.start();
    else this.slots.splice(index, 1);
    pending?.reject(
      this.signal?.aborted
        ? this.signal.reason
        : new HilError(
            'internal_error',
            'A thread that reads source files ended early; start the request again.',
            { cause, retryable: true },
          ),
    );
  }

  extract(job: ExtractionJob): Promise<FileFacts[]> {
    return new Promise((resolve, reject) => {
      if (this.signal?.aborted) return reject(this.signal.reason);
      const slot = this.slots.find((one) => one.pending === null);
      if (!slot) {
        return reject(
          new HilError('internal_error', 'No thread is free to read source files; start again.', {
            retryable: true,
          }),
        );
      }
      slot.pending = { resolve, reject };
      slot.worker.postMessage(job);
    });
  }

  async close(): Promise<void> {
    this.isOpen = false;
    this.signal?.removeEventListener('abort', this.onAbort);
    await Promise.all([...this.slots].map(({ worker }) => worker.terminate()));
  }
}

/** From this many files on, starting threads (about 100 ms) pays. */
const THREADS_FROM_FILES = 50;

/**
 * Threads for larger jobs, the calling thread for small ones. Node cannot load the worker from
 * TypeScript sources, so there (under Jest) the calling thread does all.
 */
export function openExtraction(fileCount: number, signal?: AbortSignal): ExtractionPool {
  const compiled = import.meta.url.endsWith('.js');
  if (fileCount < THREADS_FROM_FILES || !compiled) return new InlineExtraction(signal);
  return new ThreadedExtraction(new URL('./extraction-worker.js', import.meta.url), signal);
}
