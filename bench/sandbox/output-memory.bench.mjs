/**
 * Memory of a runner while a test prints 1 GB and the listener is slow (as a database is): how far the
 * resident set grows, and how long it takes. Docker as in sandbox/overhead.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { BubblewrapDriver, DockerDriver, ProcessDriver } from '@hil/sandbox';
import { Report } from '../shared/report.mjs';
import { roundsWanted } from '../shared/rounds.mjs';

const BYTES = 1024 ** 3;
const MIB = 1024 ** 2;
/** A pause after this much output: what a batch of events costs. */
const PAUSE_EVERY = 4 * MIB;
const PAUSE_MS = 2;

const report = new Report('sandbox/output-memory');
const workspace = mkdtempSync(join(tmpdir(), 'hil-bench-'));
try {
  for (const driver of [new ProcessDriver(), new BubblewrapDriver(), new DockerDriver()]) {
    const { available, reason } = await driver.probe();
    if (!available) {
      report.note(`${driver.name} not measured: ${reason}`);
      continue;
    }
    const grown = [];
    const seconds = [];
    for (let round = 0; round < roundsWanted(2); round += 1) {
      const { growth, took } = await print(driver);
      grown.push(growth);
      seconds.push(took);
    }
    report.figure({ name: `${driver.name} grows by`, unit: 'MiB', values: grown, atMost: 100 });
    report.figure({ name: `${driver.name} takes`, unit: 's', values: seconds });
  }
} finally {
  rmSync(workspace, { recursive: true, force: true });
}
report.end();

async function print(driver) {
  global.gc?.();
  const before = process.memoryUsage().rss;
  let most = before;
  let read = 0;
  let sincePause = 0;
  const begun = performance.now();
  const result = await driver.run({
    workspace,
    argv: ['head', '-c', String(BYTES), '/dev/zero'],
    timeoutMs: 300_000,
    memoryMb: 256,
    cpus: 1,
    pids: 64,
    maxOutputBytes: 2 * BYTES,
    onOutput: async (_stream, chunk) => {
      read += chunk.length;
      sincePause += chunk.length;
      if (sincePause < PAUSE_EVERY) return;
      sincePause = 0;
      most = Math.max(most, process.memoryUsage().rss);
      await wait(PAUSE_MS);
    },
  });
  if (result.exitCode !== 0 || read !== BYTES) throw new Error(`${driver.name}: ${read} bytes, ${result.message}`); // prettier-ignore
  return { growth: (most - before) / MIB, took: (performance.now() - begun) / 1000 };
}
