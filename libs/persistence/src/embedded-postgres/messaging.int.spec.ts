import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  doorbellConformance,
  stageQueueConformance,
  type BackendUnderTest,
} from '@hil/messaging/conformance';
import { startEmbeddedPostgres } from './embedded-postgres.js';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** The contract of libs/messaging, kept by its PostgreSQL drivers on the database we bring. */
async function startPostgres(): Promise<BackendUnderTest> {
  const dataDir = await mkdtemp(join(tmpdir(), 'hil-messaging-'));
  let server = await startEmbeddedPostgres({ dataDir, log: silent });
  return {
    address: { databaseUrl: server.databaseUrl },
    restart: async () => {
      await server.stop();
      server = await startEmbeddedPostgres({ dataDir, log: silent });
    },
    close: async () => {
      await server.stop();
      await rm(dataDir, { recursive: true });
    },
  };
}

stageQueueConformance('PostgreSQL', startPostgres);
doorbellConformance('PostgreSQL', startPostgres);
