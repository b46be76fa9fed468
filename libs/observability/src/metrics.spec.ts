import { describe, expect, it } from '@jest/globals';
import { createMetrics } from './index.js';

describe('createMetrics', () => {
  it('counts what the run does, as Prometheus text', async () => {
    const metrics = createMetrics({ processMetrics: false });
    metrics.runEnded('patch_ready');
    metrics.stageWaited('testing', 0.2);
    metrics.stageEnded('testing', 'cancelled', 20);
    metrics.socketOpened();
    metrics.socketOpened();
    metrics.socketClosed();
    const text = await metrics.text();
    expect(text).toContain('hil_runs_total{outcome="patch_ready"} 1');
    expect(text).toMatch(/^hil_sockets 1$/m);
    expect(text).toContain('hil_queue_wait_seconds_bucket{le="0.25",stage="testing"} 1');
    expect(text).toContain('hil_stage_seconds_sum{stage="testing",end="cancelled"} 20');
  });

  it('keeps two processes in one apart', async () => {
    const first = createMetrics({ processMetrics: false });
    const second = createMetrics();
    first.socketOpened();
    expect(await second.text()).toMatch(/^hil_sockets 0$/m);
    expect(await second.text()).toContain('process_cpu_seconds_total');
    second.registry.clear();
  });
});
