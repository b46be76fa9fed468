import 'reflect-metadata';
import { loadConfig } from '@hil/config';
import { HilError } from '@hil/contracts';
import { VERSION, createRuntime, nestLogger, runProcess } from '@hil/runtime';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { GatewayModule, configureGateway, startGateway } from './index.js';

await runProcess(async () => {
  const config = loadConfig({ shape: 'scaled' });
  const { url } = config.database;
  if (url === undefined) throw new HilError('validation_error', 'DATABASE_URL is required');
  const runtime = await createRuntime(config, 'gateway', url);
  const app = await NestFactory.create<NestExpressApplication>(
    GatewayModule.register({ ...runtime, version: VERSION }),
    {
      bodyParser: false,
      logger: nestLogger(runtime.logger),
    },
  );
  configureGateway(app);
  const { url: address } = await startGateway(app, config.http);
  runtime.reconciler.start();
  runtime.logger.info({ address }, 'gateway is ready');
  return async () => {
    await app.close();
    await runtime.close();
  };
});
