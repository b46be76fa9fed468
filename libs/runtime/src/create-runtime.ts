import { type Config, secretValues } from '@hil/config';
import { type Models, type ProjectMemory, createModels } from '@hil/language-models';
import { type DoorbellBus, type StageQueue, createMessaging } from '@hil/messaging';
import {
  type Logger,
  type Metrics,
  createLogger,
  createMetrics,
  createRedactor,
} from '@hil/observability';
import {
  type Database,
  PostgresEffectLedger,
  PostgresGraphCache,
  PostgresProjectMemory,
  PostgresRunHistory,
  PostgresUsageLedger,
  applyMigrations,
  openDatabase,
  tellingUnavailable,
} from '@hil/persistence';
import {
  type StageServices,
  PullRequestFollower,
  RecentGraphs,
  RunRepositories,
  WorkspaceReaper,
} from '@hil/stages';
import { type Forges, MirrorStore } from '@hil/version-control';
import {
  type EffectLedger,
  Reconciler,
  RunCommands,
  RunSignals,
  type RunStorage,
  StageExecutor,
  type TransitionOptions,
} from '@hil/workflow';
import { CountingRunStorage } from './counting-run-storage.js';
import { createForges } from './forges.js';
import { FollowUpLoop } from './follow-up-loop.js';
import { useOutgoingProxy } from './outgoing-proxy.js';
import { RunRecords } from './run-records.js';
import { VERSION } from './version.js';

/** A queued job that nobody claimed for this long is sent again, in ms. */
const STALE_JOB_MS = 30_000;
/** The same when its queue is empty: the job was lost with it. */
const LOST_JOB_MS = 4_000;
const RECONCILE_EVERY_MS = 500;
/** How long asking for the token of an App may take, in ms. */
const CREDENTIALS_MS = 30_000;
/** A stage whose worker died this often has something in it that kills workers. */
const MAX_ATTEMPTS = 5;

/** Processes that ask language models; the others need neither keys nor providers. */
const ASKS_MODELS: ReadonlySet<string> = new Set(['standalone', 'planner', 'editor']);

/** Everything a process of hil is made of, wired once. Close it last. */
export interface Runtime {
  config: Config;
  logger: Logger;
  metrics: Metrics;
  database: Database;
  storage: RunStorage;
  queue: StageQueue;
  bus: DoorbellBus;
  commands: RunCommands;
  executor: StageExecutor;
  services: StageServices;
  effects: EffectLedger;
  memory: ProjectMemory;
  records: RunRecords;
  followUps: FollowUpLoop;
  reconciler: Reconciler;
  reaper: WorkspaceReaper;
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
    const parts = wire(
      config,
      logger,
      metrics,
      database,
      storage,
      queue,
      bus,
      models,
      redact,
      forges,
    );
    return {
      config,
      logger,
      metrics,
      database,
      storage,
      queue,
      bus,
      ...parts,
      close: async () => {
        await parts.followUps.stop();
        await parts.reconciler.stop();
        await parts.reaper.stop();
        await Promise.allSettled([queue.close(), bus.close()]);
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

function wire(
  config: Config,
  logger: Logger,
  metrics: Metrics,
  database: Database,
  storage: RunStorage,
  queue: StageQueue,
  bus: DoorbellBus,
  models: Models | null,
  redact: (text: string) => string,
  forges: Forges,
): Pick<
  Runtime,
  | 'commands'
  | 'effects'
  | 'executor'
  | 'services'
  | 'memory'
  | 'records'
  | 'followUps'
  | 'reconciler'
  | 'reaper'
> {
  const transitions: TransitionOptions = {
    approvalTtlSeconds: config.agent.approvalTtlSeconds,
    maxRepairs: config.agent.fixOnTestFailure ? config.agent.maxRetries : 0,
  };
  const signals = new RunSignals(storage, queue, bus, logger);
  const { allowedHosts, allowHttp, allowLocalPaths, maxMb, maxFiles } = config.repositories;
  const policy = { allowedHosts, allowHttp, allowLocalPaths };
  const mirrors = new MirrorStore({
    dataDir: config.dataDir,
    policy,
    limits: { maxMb, maxFiles },
    credentials: (host, url) =>
      forges.credentialsFor({ host, url }, AbortSignal.timeout(CREDENTIALS_MS)),
  });
  const memory = tellingUnavailable(new PostgresProjectMemory(database, redact));
  const effects = tellingUnavailable(new PostgresEffectLedger(database));
  const commands = new RunCommands(storage, signals, {
    ...transitions,
    maxActiveRuns: config.agent.maxActiveRunsPerUser,
    steerable: config.model.name !== undefined,
    remember: async (run, reason) => {
      const repository = run.context.repository?.address;
      if (repository === undefined) return;
      const { plan } = run.context;
      const text = `${plan === undefined ? '' : `"${plan.summary}" was rejected: `}${reason}`;
      await memory
        .remember({ repository, userId: run.userId, runId: run.id, kind: 'rejection', text })
        .catch((error: unknown) =>
          logger.warn({ runId: run.id, err: error }, 'a rejection was not remembered'),
        );
    },
  });
  const services: StageServices = {
    config,
    repositories: new RunRepositories(mirrors, policy),
    graphCache: config.repositories.cacheGraphs
      ? tellingUnavailable(new PostgresGraphCache(database))
      : null,
    recentGraphs: new RecentGraphs(),
    effects,
    models,
    usage: tellingUnavailable(new PostgresUsageLedger(database)),
    memory,
    forges,
    redact,
  };
  return {
    memory,
    records: new RunRecords(tellingUnavailable(new PostgresRunHistory(database)), {
      dataDir: config.dataDir,
      signingKey: config.records.signingKey,
      version: VERSION,
      redact,
    }),
    commands,
    executor: new StageExecutor(
      storage,
      signals,
      {
        ...transitions,
        leaseMs: config.queue.leaseSeconds * 1_000,
        heartbeatMs: config.queue.heartbeatSeconds * 1_000,
        stageTimeoutMs: config.agent.timeoutSeconds * 1_000,
        maxAttempts: MAX_ATTEMPTS,
      },
      logger,
      metrics,
    ),
    services,
    effects,
    followUps: new FollowUpLoop(
      effects,
      new PullRequestFollower({ services, storage, signals, commands }),
      config.pullRequests.pollSeconds,
      logger,
    ),
    reconciler: new Reconciler(
      storage,
      signals,
      {
        ...transitions,
        everyMs: RECONCILE_EVERY_MS,
        staleMs: STALE_JOB_MS,
        lostMs: LOST_JOB_MS,
        eventRetentionDays: config.database.eventRetentionDays,
      },
      logger,
    ),
    reaper: new WorkspaceReaper({
      dataDir: config.dataDir,
      mirrors,
      liveRunIds: () => storage.liveRunIds(),
      warn: (facts, message) => logger.warn(facts, message),
    }),
  };
}
