export { createRuntime, type Runtime } from './create-runtime.js';
export { RunRecords } from './run-records.js';
export { runProcess } from './lifecycle.js';
export { nestLogger } from './nest-logger.js';
export { runWorker } from './run-worker.js';
export { serveStages } from './serve-stages.js';
export { VERSION } from './version.js';
