import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AgentUpdate, type StageJob, isStage } from '@hil/contracts';
import { type Messaging, createMessaging } from '@hil/messaging';
import {
  type Actor,
  type Approval,
  Reconciler,
  type ReconcilerOptions,
  type Run,
  RunCommands,
  type RunCommandOptions,
  RunSignals,
  type StageContext,
  type StageEvent,
  StageExecutor,
  type StageExecutorOptions,
  type StageHandler,
  type StageResult,
} from '@hil/workflow';
import { type Database, openDatabase } from '../../database/database.js';
import { tellingUnavailable } from '../../database/unavailable.js';
import { startEmbeddedPostgres } from '../../embedded-postgres/embedded-postgres.js';
import { applyMigrations } from '../../migrations/apply-migrations.js';
import { PostgresRunStorage } from '../postgres-run-storage.js';
import { eventFrom } from './sample-events.js';

export const SECRET = 'hunter2-hunter2';
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const TRANSITIONS = { approvalTtlSeconds: 3_600, maxRepairs: 2 };
let users = 0;

export function actor(role: Actor['role'] = 'approver'): Actor {
  users += 1;
  return { id: `${role}-${users}`, role };
}

export const jobOf = (run: Run): StageJob => ({
  runId: run.id,
  stage: run.stage,
  version: run.version,
});

/** A stage whose work is the function. */
export function handler(
  stage: Run['stage'],
  work: (context: StageContext) => Promise<StageResult>,
): StageHandler {
  return { stage, run: work };
}

/** Everything a run needs, real: PostgreSQL, the queue and the doorbell on it. */
export class RunWorld {
  private readonly opened: RunSignals[] = [];

  private constructor(
    readonly database: Database,
    readonly databaseUrl: string,
    readonly messaging: Messaging,
    readonly storage: PostgresRunStorage,
    private readonly end: () => Promise<void>,
  ) {}

  static async open(): Promise<RunWorld> {
    const folder = await mkdtemp(join(tmpdir(), 'hil-runs-'));
    const server = await startEmbeddedPostgres({ dataDir: folder, log });
    const { databaseUrl } = server;
    await applyMigrations(databaseUrl);
    const database = openDatabase({ databaseUrl, log });
    const messaging = await createMessaging({ databaseUrl, prefix: 'hil', logger: log });
    const storage = tellingUnavailable(
      new PostgresRunStorage(database, (text) => text.replaceAll(SECRET, '[redacted]')),
    );
    return new RunWorld(database, databaseUrl, messaging, storage, async () => {
      await messaging.queue.close();
      await messaging.bus.close();
      await database.close();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    });
  }

  async close(): Promise<void> {
    // Jobs and bells are sent behind a commit's back: let the last ones finish.
    await sleep(100);
    await Promise.all(this.opened.map((signals) => signals.close()));
    await this.end();
  }

  signals(messaging: Partial<Messaging> = {}): RunSignals {
    const { queue, bus } = { ...this.messaging, ...messaging };
    const signals = new RunSignals(this.storage, queue, bus, log);
    this.opened.push(signals);
    return signals;
  }

  commands(options: Partial<RunCommandOptions> = {}, signals = this.signals()): RunCommands {
    return new RunCommands(this.storage, signals, {
      ...TRANSITIONS,
      maxActiveRuns: 1_000,
      ...options,
    });
  }

  executor(options: Partial<StageExecutorOptions> = {}, signals = this.signals()): StageExecutor {
    return new StageExecutor(
      this.storage,
      signals,
      {
        ...TRANSITIONS,
        leaseMs: 8_000,
        heartbeatMs: 200,
        stageTimeoutMs: 60_000,
        maxAttempts: 3,
        ...options,
      },
      log,
    );
  }

  reconciler(options: Partial<ReconcilerOptions> = {}, signals = this.signals()): Reconciler {
    return new Reconciler(
      this.storage,
      signals,
      {
        ...TRANSITIONS,
        everyMs: 0,
        staleMs: 60_000,
        lostMs: 60_000,
        eventRetentionDays: 90,
        ...options,
      },
      log,
    );
  }

  /** A run that has just been asked for. */
  async started(by: Actor, options: Partial<RunCommandOptions> = {}): Promise<Run> {
    const { run_id } = await this.commands(options).chat(by, { message: 'rename add to sum' });
    return this.run(run_id);
  }

  /** A run whose plan waits for approval. */
  async planned(
    by: Actor,
    options: Partial<RunCommandOptions> = {},
  ): Promise<{ run: Run; approval: Approval }> {
    const run = await this.advance(await this.started(by), 'awaiting_approval', options);
    return { run, approval: await this.pending(run) };
  }

  /** Works stage after stage, as workers would, until the run is in the state. */
  async advance(
    from: Run,
    state: Run['state'],
    options: Partial<StageExecutorOptions> = {},
  ): Promise<Run> {
    const executor = this.executor(options);
    let run = from;
    for (let step = 0; run.state !== state; step += 1) {
      if (step > 10 || !isStage(run.state)) throw new Error(`stuck in ${run.state}`);
      const event: StageEvent = eventFrom(run);
      await executor.execute(
        jobOf(run),
        handler(run.state, () => Promise.resolve({ event })),
        new AbortController().signal,
      );
      run = await this.run(run.id);
    }
    return run;
  }

  async run(id: string): Promise<Run> {
    const run = await this.storage.run(id);
    if (run === null) throw new Error(`no run ${id}`);
    return run;
  }

  async pending(run: Run): Promise<Approval> {
    const approval = await this.storage.pendingApproval(run.id);
    if (approval === null) throw new Error(`run ${run.id} waits for no approval`);
    return approval;
  }

  events(run: Run): Promise<AgentUpdate[]> {
    return this.storage.events(run.sessionId, 0, 100_000);
  }

  async eventsOf<T extends AgentUpdate['type']>(
    run: Run,
    type: T,
  ): Promise<Extract<AgentUpdate, { type: T }>[]> {
    const events = await this.events(run);
    return events.filter(
      (event): event is Extract<AgentUpdate, { type: T }> => event.type === type,
    );
  }

  /** Counts rows of a table that belong to a run. */
  async count(
    table: 'outbox' | 'event' | 'approval' | 'plan' | 'audit_entry' | 'artifact',
    run: Run,
  ): Promise<number> {
    const { rows } = await this.database.pool.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM ${table} WHERE run_id = $1::uuid`,
      [run.id],
    );
    return rows[0]?.n ?? -1;
  }

  sql(text: string, values: unknown[] = []): Promise<unknown> {
    return this.database.pool.query(text, values);
  }
}

/** Waits until the check holds. @throws after `limitMs` */
export async function eventually(
  check: () => Promise<boolean> | boolean,
  limitMs = 5_000,
): Promise<void> {
  const until = Date.now() + limitMs;
  while (!(await check())) {
    if (Date.now() > until) throw new Error(`did not happen within ${limitMs} ms`);
    await sleep(20);
  }
}

/** Lets a test open a gate that a stage waits at. */
export function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

/** The error codes (or `ok`) of settled commands, counted. */
export function tally(results: PromiseSettledResult<unknown>[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const result of results) {
    const key =
      result.status === 'fulfilled'
        ? 'ok'
        : String((result.reason as { code?: unknown }).code ?? result.reason);
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}
