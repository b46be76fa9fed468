/**
 * What a sandbox adds to one command, start to end: `true` under each driver against a bare spawn of it.
 * The docker driver is measured where a daemon with a sandbox image answers (DOCKER_HOST,
 * `npm run sandbox:images -- node`).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BubblewrapDriver, DockerDriver, ProcessDriver } from '@hil/sandbox';
import { Report } from '../shared/report.mjs';
import { interleaved, roundsWanted } from '../shared/rounds.mjs';
import { median } from '../shared/stats.mjs';

const SAMPLES = 5;
const report = new Report('sandbox/overhead');
const root = mkdtempSync(join(tmpdir(), 'hil-bench-'));
const limits = { timeoutMs: 30_000, memoryMb: 256, cpus: 1, pids: 64, maxOutputBytes: 1e6 };

try {
  const contestants = { bare: () => timed(bareSpawn) };
  for (const driver of [new ProcessDriver(), new BubblewrapDriver(), new DockerDriver()]) {
    const { available, reason } = await driver.probe();
    if (available) contestants[driver.name] = () => timed(() => sandboxed(driver));
    else report.note(`${driver.name} not measured: ${reason}`);
  }
  const figures = await interleaved(roundsWanted(7), contestants);
  for (const [name, ours] of Object.entries(figures)) {
    if (name === 'bare') continue;
    const unit = 'ms p50';
    report.compare({ name, unit, ours, bare: figures.bare, bareIs: 'spawn of /bin/true' });
    const added = ours.map((value, round) => value - figures.bare[round]);
    report.figure({ name: `${name} adds`, unit, values: added });
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}
report.end();

async function timed(work) {
  const taken = [];
  for (let n = 0; n < SAMPLES; n += 1) {
    const begun = performance.now();
    await work();
    taken.push(performance.now() - begun);
  }
  return median(taken);
}

async function bareSpawn() {
  await once(spawn('true', { stdio: ['ignore', 'pipe', 'pipe'] }), 'close');
}

/** A tree of its own for each driver: as root, docker gives it to another user. */
async function sandboxed(driver) {
  const workspace = join(root, driver.name);
  mkdirSync(workspace, { recursive: true });
  const result = await driver.run({ ...limits, workspace, argv: ['true'] });
  if (result.exitCode !== 0) throw new Error(`${driver.name}: ${result.message}`);
}
