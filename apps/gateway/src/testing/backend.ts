import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Stage, StageJob } from '@hil/contracts';
import { buildGraph, packGraph } from '@hil/knowledge-graph';
import { createMessaging } from '@hil/messaging';
import { RunRecords } from '@hil/runtime';
import {
  PostgresEffectLedger,
  PostgresRunHistory,
  PostgresRunStorage,
  applyMigrations,
  openDatabase,
  startEmbeddedPostgres,
} from '@hil/persistence';
import {
  RunCommands,
  RunSignals,
  StageExecutor,
  type StageResult,
  type WorkflowLog,
  planHash,
} from '@hil/workflow';

const BASE_SHA = 'a'.repeat(40);
const TRANSITIONS = { approvalTtlSeconds: 600, maxRepairs: 2 };
export const silent: WorkflowLog = {
  info: () => undefined,
  warn: () => undefined,
  error: (facts, message) => console.error(message, facts),
};

export type Backend = Awaited<ReturnType<typeof startBackend>>;

/** The database, queue and bus of a real server, in a folder of their own. */
export async function startBackend() {
  const dataDir = await mkdtemp(join(tmpdir(), 'hil-gateway-'));
  const postgres = await startEmbeddedPostgres({ dataDir, log: silent });
  await applyMigrations(postgres.databaseUrl);
  const { databaseUrl } = postgres;
  const database = openDatabase({ databaseUrl, log: silent });
  const storage = new PostgresRunStorage(database, (text) => text);
  const messaging = await createMessaging({ databaseUrl, prefix: 'hil', logger: silent });
  const signals = new RunSignals(storage, messaging.queue, messaging.bus, silent);
  const commands = new RunCommands(storage, signals, { ...TRANSITIONS, maxActiveRuns: 100 });
  return {
    ...messaging,
    database,
    storage,
    signals,
    commands,
    effects: new PostgresEffectLedger(database),
    records: new RunRecords(new PostgresRunHistory(database), {
      dataDir,
      version: '0.1.0-test',
      redact: (text) => text,
    }),
    /** A planner whose stages know their answer: each run goes on to the approval of its plan. */
    async startPlanner() {
      const executor = new StageExecutor(
        storage,
        signals,
        {
          ...TRANSITIONS,
          leaseMs: 8_000,
          heartbeatMs: 1_000,
          stageTimeoutMs: 60_000,
          maxAttempts: 3,
        },
        silent,
      );
      return messaging.queue.consume(
        'planner',
        (job: StageJob, signal) =>
          executor.execute(
            job,
            {
              stage: job.stage,
              run: async ({ run }) =>
                job.stage === 'pkg_query' && run.request.message === 'what is this project'
                  ? graphAnswer()
                  : answerOf(job.stage, run.context.plan?.revision),
            },
            signal,
          ),
        { concurrency: 4 },
      );
    },
    async close() {
      await messaging.queue.close();
      await messaging.bus.close();
      await signals.close();
      await database.close();
      await postgres.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** What a run leaves that was asked for a graph: that of two files. */
async function graphAnswer(): Promise<StageResult> {
  const texts = { 'a.ts': "export * from './b.js';\n", 'b.ts': 'export const b = 1;\n' };
  const graph = await buildGraph({
    files: Object.entries(texts).map(([path, text]) => ({
      path,
      blobId: path,
      size: text.length,
      read: () => Promise.resolve(Buffer.from(text)),
    })),
    project: { name: 'x', gitSha: BASE_SHA, rootPath: '' },
  });
  const content = await packGraph(graph);
  return {
    event: { type: 'answered', message: 'Answered from the graph.', updates: [] },
    artifacts: [{ kind: 'graph', mediaType: 'application/gzip', content }],
  };
}

function answerOf(stage: Stage, revision = 0): StageResult {
  switch (stage) {
    case 'intent_extraction':
      return {
        event: {
          type: 'intent_extracted',
          intent: {
            category: 'code_change',
            intent: 'rename',
            description: 'rename a to b',
            risk: 'low',
            tests_required: [],
            human_approval: true,
            constraints: [],
            target_modules: ['a.ts'],
          },
        },
      };
    case 'pkg_query':
      return {
        event: {
          type: 'graph_read',
          repository: {
            kind: 'remote',
            address: 'https://git.example.org/x.git',
            baseBranch: 'main',
            baseSha: BASE_SHA,
            uncommitted: 0,
          },
          graph: { modules: 1, symbols: 1, edges: 0, languages: ['typescript'] },
        },
      };
    case 'impact_analysis':
      return {
        event: {
          type: 'impact_assessed',
          impact: {
            risk: 'low',
            score: 1,
            reasons: ['one file'],
            targets: ['a.ts'],
            impacted: [],
            callers: [],
            endpoints: [],
            affected_tests: [],
            truncated: false,
            counts: { impacted: 0, callers: 0, endpoints: 0, affected_tests: 0 },
          },
        },
      };
    case 'planning': {
      const tasks = [
        { id: 't1', task: 'rename a', files: ['a.ts'], changes: ['rename'], tests: [], notes: '' },
      ];
      const subject = { tasks, base_sha: BASE_SHA, revision: revision + 1 };
      return {
        event: {
          type: 'plan_proposed',
          message: 'please look',
          plan: {
            plan_id: randomUUID(),
            plan_hash: planHash(subject),
            revision: subject.revision,
            base_sha: BASE_SHA,
            summary: 'rename a to b',
            plan: tasks,
            acceptance_criteria: [],
            migrations: [],
            commit: { type: 'refactor', scope: '', subject: 'rename a to b' },
          },
        },
        artifacts: [
          { kind: 'patch', mediaType: 'text/x-diff', content: Buffer.from('--- a\n+++ b\n') },
        ],
      };
    }
    default:
      throw new Error(`the planner has no stage ${stage}`);
  }
}
