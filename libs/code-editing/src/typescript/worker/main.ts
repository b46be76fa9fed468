import { parentPort, workerData } from 'node:worker_threads';
import { move } from './move.js';
import { WHOLE_MODULE_WORDS } from './passed-on.js';
import { Project, RefusedError } from './project.js';
import type { WorkerRequest, WorkerResponse } from './protocol.js';
import { rename } from './rename.js';
import { removeUnusedExport } from './unused-export.js';

function answer(request: WorkerRequest): WorkerResponse {
  const { task } = request;
  // Every reference to a symbol has its name; moving a file concerns whoever imports it under any name.
  const words = task.kind === 'move' ? [] : [task.symbol.split('.').at(-1) ?? task.symbol];
  if (task.kind === 'unused_export') words.push(...WHOLE_MODULE_WORDS);
  const project = new Project(request, task.path, words);
  try {
    switch (task.kind) {
      case 'rename':
        return { ok: true, ...rename(project, task.path, task.symbol, task.newName) };
      case 'move':
        return { ok: true, ...move(project, task.path, task.to) };
      case 'unused_export':
        return { ok: true, ...removeUnusedExport(project, task.path, task.symbol) };
    }
  } catch (error) {
    if (error instanceof RefusedError) return { ok: false, refused: error.message };
    throw error;
  }
}

parentPort?.postMessage(answer(workerData as WorkerRequest));
