import type { CheckedFile, CheckerMessage, CheckRequest } from './checked-call.js';
import { checkCalls } from './check-calls.js';
import { heapMemory } from './memory.js';

const FILES_A_MESSAGE = 50;

/** Entry of the checker's own process: answers one request with the calls of its files, then ends. */
process.once('message', (request: CheckRequest) => {
  void answer(request);
});

async function answer(request: CheckRequest): Promise<void> {
  try {
    let files: CheckedFile[] = [];
    for (const file of checkCalls(request, heapMemory())) {
      files.push(file);
      if (files.length < FILES_A_MESSAGE) continue;
      await send({ kind: 'files', files });
      files = [];
    }
    await send({ kind: 'files', files });
    await send({ kind: 'end' });
  } catch (error) {
    await send({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
  process.disconnect();
}

// The parent is gone: nobody waits for the answer.
process.once('disconnect', () => process.exit());

function send(message: CheckerMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.send) process.send(message, () => resolve());
    else resolve();
  });
}
