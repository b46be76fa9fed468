import type { Outcome } from '@hil/contracts';
import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client';

/** What the process counts. */
export interface Metrics {
  runEnded(outcome: Outcome): void;
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
  const sockets = new Gauge({ name: 'hil_sockets', help: 'Open WebSocket connections', registers });
  return {
    runEnded: (outcome) => runs.inc({ outcome }),
    socketOpened: () => sockets.inc(),
    socketClosed: () => sockets.dec(),
    registry,
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}
