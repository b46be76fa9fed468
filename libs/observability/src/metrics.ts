import type { Outcome, Stage, UpdateType, WorkerApp } from '@hil/contracts';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** How the work on a stage ended. */
export type StageResult = 'done' | 'waiting' | 'failed' | 'cancelled' | 'superseded';

/** What the process counts. Durations are seconds. */
export interface Metrics {
  runEnded(outcome: Outcome): void;
  stageFinished(stage: Stage, result: StageResult, seconds: number): void;
  eventAppended(type: UpdateType, count?: number): void;
  socketOpened(): void;
  socketClosed(): void;
  /** From the dispatch of a job to the claim by a worker. */
  jobWaited(queue: WorkerApp, seconds: number): void;
  /** The registry, for metrics that belong to one app alone. */
  readonly registry: Registry;
  readonly contentType: string;
  /** The Prometheus text of `GET /metrics`. */
  text(): Promise<string>;
}

/**
 * The metrics of one process, on a registry of its own.
 * @param options.processMetrics also CPU, memory, event loop and garbage collection; default true
 */
export function createMetrics(options: { processMetrics?: boolean } = {}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  if (options.processMetrics ?? true) collectDefaultMetrics({ register: registry });
  const runs = new Counter({
    name: 'hil_runs_total',
    help: 'Runs that ended, by outcome',
    labelNames: ['outcome'],
    registers,
  });
  const stages = new Histogram({
    name: 'hil_stage_duration_seconds',
    help: 'Work on one stage, from claim to commit',
    labelNames: ['stage', 'result'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3600],
    registers,
  });
  const events = new Counter({
    name: 'hil_events_appended_total',
    help: 'Entries appended to session logs, by type',
    labelNames: ['type'],
    registers,
  });
  const sockets = new Gauge({ name: 'hil_sockets', help: 'Open WebSocket connections', registers });
  const waits = new Histogram({
    name: 'hil_queue_wait_seconds',
    help: 'From the dispatch of a job to its claim',
    labelNames: ['queue'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 15, 60, 300],
    registers,
  });
  return {
    runEnded: (outcome) => runs.inc({ outcome }),
    stageFinished: (stage, result, seconds) => stages.observe({ stage, result }, seconds),
    eventAppended: (type, count = 1) => events.inc({ type }, count),
    socketOpened: () => sockets.inc(),
    socketClosed: () => sockets.dec(),
    jobWaited: (queue, seconds) => waits.observe({ queue }, seconds),
    registry,
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}
