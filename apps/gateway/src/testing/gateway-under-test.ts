import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { type Config, loadConfig } from '@hil/config';
import { createMetrics } from '@hil/observability';
import { GatewayModule, configureGateway, startGateway } from '../index.js';
import { type Backend, silent } from './backend.js';
import { ChatClient, type ChatClientOptions } from './chat-client.js';

export type GatewayUnderTest = Awaited<ReturnType<typeof startTestGateway>>;

/** A gateway on a free port, with the environment given. */
export async function startTestGateway(backend: Backend, env: Record<string, string> = {}) {
  const config: Config = loadConfig({
    shape: 'embedded',
    env: { PORT: '0', ...env },
    envFile: '/nonexistent/.env',
  });
  const { storage, commands, queue, bus, records, effects } = backend;
  const metrics = createMetrics({ processMetrics: false });
  const module = GatewayModule.register({
    config,
    storage,
    commands,
    queue,
    bus,
    records,
    effects,
    logger: silent,
    metrics,
    version: '0.1.0-test',
  });
  const app = await NestFactory.create<NestExpressApplication>(module, {
    bodyParser: false,
    logger: false,
  });
  configureGateway(app);
  const { url, port } = await startGateway(app, { port: 0, host: '127.0.0.1' });
  const clients: ChatClient[] = [];
  return {
    app,
    url,
    port,
    metrics,
    async connect(options: ChatClientOptions & { query?: string } = {}): Promise<ChatClient> {
      const address = `${url.replace('http', 'ws')}/ws/chat${options.query ?? ''}`;
      const client = await ChatClient.open(address, options);
      clients.push(client);
      return client;
    },
    async close() {
      for (const client of clients) client.terminate();
      await app.close();
    },
  };
}
