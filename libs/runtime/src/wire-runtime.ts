import type { Config } from '@hil/config';
import type { Models, ProjectMemory } from '@hil/language-models';
import type { DoorbellBus, StageQueue } from '@hil/messaging';
import { redactSecretForms, type Logger, type Metrics } from '@hil/observability';
import {
  type Database,
  PostgresEffectLedger,
  PostgresGraphCache,
  PostgresProjectMemory,
  PostgresRunHistory,
  PostgresUsageLedger,
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
import { FollowUpLoop } from './follow-up-loop.js';
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

/** What a process has open before anything is wired to it. */
export interface Foundations {
  config: Config;
  logger: Logger;
  metrics: Metrics;
  database: Database;
  storage: RunStorage;
  queue: StageQueue;
  bus: DoorbellBus;
}

/** What is made of the foundations. */
export interface RuntimeParts {
  commands: RunCommands;
  signals: RunSignals;
  executor: StageExecutor;
  services: StageServices;
  effects: EffectLedger;
  memory: ProjectMemory;
  records: RunRecords;
  followUps: FollowUpLoop;
  reconciler: Reconciler;
  reaper: WorkspaceReaper;
}

/**
 * @param models null in a process that never asks one
 * @param redact takes secrets out of every text that is kept or leaves
 */
export function wireRuntime(
  { config, logger, metrics, database, storage, queue, bus }: Foundations,
  {
    models,
    redact,
    forges,
  }: { models: Models | null; redact: (text: string) => string; forges: Forges },
): RuntimeParts {
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
  const history = tellingUnavailable(new PostgresRunHistory(database));
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
  const graphCache = new PostgresGraphCache(database);
  const services: StageServices = {
    config,
    repositories: new RunRepositories(mirrors, policy),
    graphCache: config.repositories.cacheGraphs ? tellingUnavailable(graphCache) : null,
    graphMemory: {
      graphMb: config.repositories.graphMemoryMb,
      checkerMb: config.repositories.checkerMemoryMb,
    },
    recentGraphs: new RecentGraphs(),
    effects,
    history,
    models,
    usage: tellingUnavailable(new PostgresUsageLedger(database)),
    memory,
    forges,
    redact: (text) => redactSecretForms(redact(text)),
  };
  return {
    memory,
    records: new RunRecords(history, {
      dataDir: config.dataDir,
      signingKey: config.records.signingKey,
      version: VERSION,
      redact,
    }),
    commands,
    signals,
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
        cleanUps: [
          {
            what: 'entries of the graph cache',
            run: () => graphCache.dropUnusedSince(daysAgo(config.repositories.graphCacheDays)),
          },
        ],
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

function daysAgo(count: number): Date {
  return new Date(Date.now() - count * 86_400_000);
}
