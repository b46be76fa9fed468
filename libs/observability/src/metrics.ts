import type { Outcome, Stage } from '@hil/contracts';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** What the process counts. */
export interface Metrics {
  runEnded(outcome: Outcome): void;
  /** From a job's dispatch until a worker had its lease. */
  stageWaited(stage: Stage, seconds: number): void;
  /** From the lease until the attempt ended; `end` is done, failed, or what stopped it. */
  stageEnded(stage: Stage, end: string, seconds: number): void;
  socketOpened(): void;
  socketClosed(): void;
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
    help: 'Runs whose summary this process wrote, by outcome',
    labelNames: ['outcome'],
    registers,
  });
  const waits = new Histogram({
    name: 'hil_queue_wait_seconds',
    help: 'From the dispatch of a stage until a worker of this process had its lease',
    labelNames: ['stage'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    registers,
  });
  const stages = new Histogram({
    name: 'hil_stage_seconds',
    help: 'Work on a stage, from the lease to its end, by what ended the attempt',
    labelNames: ['stage', 'end'],
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_800],
    registers,
  });
  const sockets = new Gauge({ name: 'hil_sockets', help: 'Open WebSocket connections', registers });
  return {
    runEnded: (outcome) => runs.inc({ outcome }),
    stageWaited: (stage, seconds) => waits.observe({ stage }, seconds),
    stageEnded: (stage, end, seconds) => stages.observe({ stage, end }, seconds),
    socketOpened: () => sockets.inc(),
    socketClosed: () => sockets.dec(),
    registry,
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}
