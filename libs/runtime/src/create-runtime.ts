import { type Config, secretValues } from '@hil/config';
import { createModels } from '@hil/language-models';
import { createMessaging } from '@hil/messaging';
import { createLogger, createMetrics, createRedactor } from '@hil/observability';
import { applyMigrations, openDatabase, tellingUnavailable } from '@hil/persistence';
import { CountingRunStorage } from './counting-run-storage.js';
import { createForges } from './forges.js';
import { useOutgoingProxy } from './outgoing-proxy.js';
import { type Foundations, type RuntimeParts, wireRuntime } from './wire-runtime.js';

/** Processes that ask language models; the others need neither keys nor providers. */
const ASKS_MODELS: ReadonlySet<string> = new Set(['standalone', 'planner', 'editor']);

/** Everything a process of hil is made of, wired once. Close it last. */
export interface Runtime extends Foundations, RuntimeParts {
  close(): Promise<void>;
}

/**
 * Connects to database, queue and bus, brings the schema up to date, and wires the rest.
 * @param databaseUrl the database of the environment, or the embedded one's
 * @throws HilError service_unavailable when the database does not answer
 */
export async function createRuntime(
  config: Config,
  name: string,
  databaseUrl: string,
): Promise<Runtime> {
  const redactor = createRedactor(secretValues(config));
  const logger = createLogger({ name, level: config.logLevel, secrets: redactor });
  const metrics = createMetrics();
  const redact = (text: string): string => redactor.redact(text);
  useOutgoingProxy(config.network);
  // Before anything is started: a wrong model name ends the boot.
  const models = ASKS_MODELS.has(name) ? createModels(config.model, redact) : null;
  const database = openDatabase({ databaseUrl, log: logger, name: `hil ${name}` });
  try {
    await applyMigrations(database.pool);
    const { queue, bus } = await createMessaging({
      redisUrl: config.queue.redisUrl,
      databaseUrl,
      prefix: config.queue.prefix,
      logger,
    });
    const storage = tellingUnavailable(new CountingRunStorage(database, redact, metrics));
    const forges = createForges(config, (token) => redactor.add(token));
    const foundations = { config, logger, metrics, database, storage, queue, bus };
    const parts = wireRuntime(foundations, { models, redact, forges });
    return {
      ...foundations,
      ...parts,
      close: async () => {
        await parts.followUps.stop();
        await parts.reconciler.stop();
        await parts.reaper.stop();
        await Promise.allSettled([queue.close(), bus.close()]);
        await parts.signals.close();
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}
