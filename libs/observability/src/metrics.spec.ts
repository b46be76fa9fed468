import { describe, expect, it } from '@jest/globals';
import { createMetrics } from './index.js';

describe('createMetrics', () => {
  it('counts what the run does, as Prometheus text', async () => {
    const metrics = createMetrics({ processMetrics: false });
    metrics.runEnded('patch_ready');
    metrics.stageFinished('testing', 'done', 3);
    metrics.eventAppended('log', 5);
    metrics.socketOpened();
    metrics.socketOpened();
    metrics.socketClosed();
    metrics.jobWaited('editor', 0.02);
    const text = await metrics.text();
    expect(text).toContain('hil_runs_total{outcome="patch_ready"} 1');
    expect(text).toContain('hil_stage_duration_seconds_count{stage="testing",result="done"} 1');
    expect(text).toContain('hil_events_appended_total{type="log"} 5');
    expect(text).toMatch(/^hil_sockets 1$/m);
    expect(text).toContain('hil_queue_wait_seconds_bucket{le="0.025",queue="editor"} 1');
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
