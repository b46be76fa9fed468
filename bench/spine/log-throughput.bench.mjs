/**
 * 100,000 lines of test output from a stage through Postgres, Redis and the gateway app to a client, none
 * lost, and how long a status event takes that is sent by another run, and by the same one, meanwhile.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Report } from '../shared/report.mjs';
import { roundsWanted } from '../shared/rounds.mjs';
import { startServices } from '../shared/services.mjs';
import { quantile } from '../shared/stats.mjs';
import { Gathering, ageMs, openClients } from './support/clients.mjs';
import { startSpine } from './support/spine.mjs';

const LINES = 100_000;

const report = new Report('spine/log-throughput');
const services = await startServices({ redis: true });
try {
  const { gateway, worker } = await startSpine(services);
  const rates = [];
  const p99 = { same: [], other: [] };
  for (let round = 0; round < roundsWanted(3); round += 1) {
    const { rate, same, other } = await once();
    rates.push(rate);
    p99.same.push(quantile(same, 0.99));
    p99.other.push(quantile(other, 0.99));
  }
  report.figure({ name: `${LINES} lines, none lost or doubled`, unit: 'lines/s', values: rates });
  report.figure({ name: 'a status of the same run meanwhile', unit: 'ms p99', values: p99.same });
  report.figure({ name: 'a status of another run meanwhile', unit: 'ms p99', values: p99.other });

  async function once() {
    const noisy = await worker.call('begin');
    const quiet = await worker.call('begin');
    const log = await reader(gateway.ws, noisy.sessionId);
    const status = await reader(gateway.ws, quiet.sessionId);
    const begun = performance.now();
    let flooding = true;
    const flood = worker
      .call('flood', { stage: noisy.stage, lines: LINES, perTick: 20 })
      .finally(() => (flooding = false));
    while (flooding) {
      for (const { stage } of [noisy, quiet]) {
        void worker.call('emit', { stage, count: 1, gapMs: 0 });
      }
      await sleep(25);
    }
    await flood;
    await log.gathering.until(() => log.lines.length >= LINES, 'all lines', 120_000);
    const took = performance.now() - begun;
    await sleep(200);
    const wrong = log.lines.findIndex((line, index) => line !== index);
    if (wrong !== -1) throw new Error(`line ${wrong} is out of place`);
    log.close();
    status.close();
    return { rate: (LINES * 1_000) / took, same: log.ages, other: status.ages };
  }
} finally {
  await services.stop();
}
report.end();

async function reader(ws, sessionId) {
  const gathering = new Gathering();
  const lines = [];
  const ages = [];
  const { close } = await openClients(`${ws}?session_id=${sessionId}&last_seq=0`, 1, (data) => {
    const text = data.toString();
    const age = ageMs(text);
    if (age !== undefined) ages.push(age);
    for (const [, number] of text.matchAll(/line (\d+) x/g)) lines.push(Number(number));
    gathering.wake();
  });
  return { gathering, lines, ages, close };
}
