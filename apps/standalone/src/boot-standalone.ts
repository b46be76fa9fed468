import 'reflect-metadata';
import { join } from 'node:path';
import type { Config } from '@hil/config';
import { WORKER_APPS } from '@hil/contracts';
import { GatewayModule, configureGateway, startGateway } from '@hil/gateway';
import { createLogger } from '@hil/observability';
import { startEmbeddedPostgres } from '@hil/persistence';
import { type Runtime, VERSION, createRuntime, nestLogger, serveStages } from '@hil/runtime';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { banner } from './banner.js';

/**
 * Gateway and all stages in one process on an embedded Postgres below DATA_DIR.
 * @returns the way to stop everything that was started
 */
export async function bootStandalone(config: Config): Promise<() => Promise<void>> {
  const started = performance.now();
  const stops: (() => Promise<void>)[] = [];
  const stopAll = async (): Promise<void> => {
    for (const stop of stops.splice(0).reverse()) await stop();
  };
  try {
    const databaseUrl = config.database.url ?? (await embedded(config, stops));
    const runtime = await createRuntime(config, 'standalone', databaseUrl);
    stops.push(() => runtime.close());
    // DATA_DIR belongs to one process at a time: whoever held a lease here before is gone.
    if (config.database.url === undefined) await runtime.storage.releaseAllLeases();
    const { app, url } = await serveGateway(runtime);
    stops.push(() => app.close());
    stops.push(await serveStages(runtime, WORKER_APPS));
    const readyMs = Math.round(performance.now() - started);
    process.stdout.write(await banner(config, url, readyMs));
    return stopAll;
  } catch (error) {
    await stopAll();
    throw error;
  }
}

async function embedded(config: Config, stops: (() => Promise<void>)[]): Promise<string> {
  const log = createLogger({
    name: 'postgres',
    level: config.logLevel === 'debug' ? 'debug' : 'warn',
  });
  const postgres = await startEmbeddedPostgres({ dataDir: join(config.dataDir, 'postgres'), log });
  stops.push(() => postgres.stop());
  return postgres.databaseUrl;
}

async function serveGateway(
  runtime: Runtime,
): Promise<{ app: NestExpressApplication; url: string }> {
  const module = GatewayModule.register({ ...runtime, version: VERSION });
  const app = await NestFactory.create<NestExpressApplication>(module, {
    bodyParser: false,
    logger: nestLogger(runtime.logger),
  });
  configureGateway(app);
  const { url } = await startGateway(app, runtime.config.http);
  return { app, url };
}
