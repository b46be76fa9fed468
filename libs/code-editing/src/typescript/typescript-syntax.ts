import { Worker } from 'node:worker_threads';
import type { SyntaxProblem, SyntaxRequest } from './worker/syntax.js';
import { workerUrl } from './worker-url.js';

const PATIENCE_MS = 20_000;
/** Loading the compiler takes most of a second, so its thread stays while more is likely to be asked. */
const IDLE_MS = 60_000;
const MEMORY_MB = 1024;

let thread: Worker | undefined;
let idle: NodeJS.Timeout | undefined;
let last: Promise<unknown> = Promise.resolve();

/**
 * What the TypeScript compiler says of the syntax of a text, asked in a thread of its own: in the thread of a
 * worker, loading it would keep the heartbeat of a job from being sent. One text after the other.
 * @returns null when there was no answer in time
 */
export function typescriptSyntax(
  request: SyntaxRequest,
  patienceMs = PATIENCE_MS,
): Promise<SyntaxProblem[] | null> {
  const answer = last.then(() => ask(request, patienceMs));
  last = answer.catch(() => undefined);
  return answer;
}

async function ask(request: SyntaxRequest, patienceMs: number): Promise<SyntaxProblem[] | null> {
  clearTimeout(idle);
  const worker = (thread ??= start(await workerUrl('syntax')));
  worker.ref();
  const answer = await new Promise<SyntaxProblem[] | null>((resolve) => {
    const settle = (problems: SyntaxProblem[] | null): void => {
      clearTimeout(timer);
      worker.off('exit', silent);
      worker.off('message', settle);
      resolve(problems);
    };
    const silent = (): void => settle(null);
    const timer = setTimeout(silent, patienceMs);
    worker.once('exit', silent);
    worker.once('message', settle);
    worker.postMessage(request);
  });
  if (answer === null) end(worker);
  else idle = setTimeout(() => end(worker), IDLE_MS).unref();
  worker.unref();
  return answer;
}

function start(url: URL): Worker {
  const worker = new Worker(url, { resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB } });
  // It ends with its error, and who waits for it is told by that.
  worker.on('error', () => end(worker));
  return worker;
}

function end(worker: Worker): void {
  if (thread === worker) thread = undefined;
  void worker.terminate();
}
