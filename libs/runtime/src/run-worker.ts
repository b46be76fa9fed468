import { loadConfig } from '@hil/config';
import { HilError, type WorkerApp } from '@hil/contracts';
import { createRuntime } from './create-runtime.js';
import { serveHealth } from './health-server.js';
import { runProcess } from './lifecycle.js';
import { serveStages } from './serve-stages.js';

/** The whole of a worker app: configuration, stages, health port, orderly end. */
export function runWorker(app: WorkerApp): Promise<void> {
  return runProcess(async () => {
    const config = loadConfig({ shape: 'scaled', role: 'worker' });
    const { url } = config.database;
    if (url === undefined) throw new HilError('validation_error', 'DATABASE_URL is required');
    const runtime = await createRuntime(config, app, url);
    const stop = await serveStages(runtime, [app]);
    const health = await serveHealth(runtime, app);
    runtime.logger.info({ healthPort: health.port }, `${app} is ready`);
    return async () => {
      await stop();
      await health.close();
      await runtime.close();
    };
  });
}
