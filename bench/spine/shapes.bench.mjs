/**
 * Resident memory and time to ready of the standalone app against the five apps started together. Their
 * PostgreSQL and Redis are not counted; the standalone app starts its own PostgreSQL, which is in its time.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { memoryMb, startApp } from '../shared/apps.mjs';
import { Report } from '../shared/report.mjs';
import { interleaved, roundsWanted } from '../shared/rounds.mjs';
import { startServices } from '../shared/services.mjs';

const FIVE = ['gateway', 'planner', 'editor', 'test-runner', 'pr-worker'];
const REST_MS = 1_500;

const report = new Report('spine/shapes');
const services = await startServices({ redis: true });
try {
  const memory = { ours: [], bare: [] };
  const shape = (name, apps) => async () => {
    const begun = performance.now();
    const started = await Promise.all(apps.map((app) => startApp(services, app)));
    const readyMs = performance.now() - begun;
    await sleep(REST_MS);
    memory[name].push(started.reduce((sum, { pid }) => sum + memoryMb(pid).proportional, 0));
    await Promise.all(started.map(({ stop }) => stop()));
    return readyMs;
  };
  const ready = await interleaved(roundsWanted(3), {
    ours: shape('ours', ['standalone']),
    bare: shape('bare', FIVE),
  });
  report.compare({
    name: 'time to ready, standalone',
    unit: 'ms',
    ...ready,
    bareIs: 'five apps together',
  });
  report.compare({
    name: 'memory (PSS) at rest, standalone',
    unit: 'MB',
    ...memory,
    bareIs: 'five apps together',
  });
} finally {
  await services.stop();
}
report.end();
