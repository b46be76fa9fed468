/**
 * 200 approvals decided over the socket while 50 sessions log at full rate: p99 of a decision (frame sent ->
 * ack) against the p50 of decisions when nothing else happens.
 */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { Report } from '../shared/report.mjs';
import { roundsWanted } from '../shared/rounds.mjs';
import { startServices } from '../shared/services.mjs';
import { median, quantile, short } from '../shared/stats.mjs';
import { startSpine } from './support/spine.mjs';

const SESSIONS = 50;
const DECISIONS = 200;
/** Before the decisions begin, and the pause between two. */
const WARM_UP_MS = 1_500;
const GAP_MS = 15;

const report = new Report('spine/decisions-under-logs');
const services = await startServices({ redis: true });
try {
  const { gateway, worker } = await startSpine(services);
  const stages = [];
  for (let n = 0; n < SESSIONS; n += 1) stages.push((await worker.call('begin')).stage);
  await decideAll();
  const idle = [];
  const busy = [];
  const p50 = [];
  const rates = [];
  for (let round = 0; round < roundsWanted(3); round += 1) {
    idle.push(median(await decideAll()));
    await worker.call('floodAll', { stages });
    await sleep(WARM_UP_MS);
    const ages = await decideAll();
    const { lines, seconds } = await worker.call('stopFlood');
    rates.push(lines / seconds);
    busy.push(quantile(ages, 0.99));
    p50.push(median(ages));
    await sleep(500);
  }
  report.compare({
    name: `decision while ${SESSIONS} sessions log at full rate`,
    unit: 'ms',
    ours: busy,
    bare: idle,
    bareIs: 'idle p50',
    atMost: 10,
  });
  report.note(
    `ours is the p99 of ${DECISIONS} decisions; their p50 was ${p50.map(short).join(', ')} ms`,
  );
  report.figure({ name: 'lines made durable meanwhile', unit: 'lines/s', values: rates });

  async function decideAll() {
    const waiting = await worker.call('ask', DECISIONS);
    const socket = new WebSocket(gateway.ws);
    await once(socket, 'open');
    const answers = new Map();
    socket.on('message', (data) => {
      const { event, data: ack } = JSON.parse(data.toString());
      if (event === 'ack') answers.get(ack.id)?.(ack.ok);
    });
    const taken = [];
    for (const { sessionId, planId } of waiting) {
      const answered = new Promise((resolve) => answers.set(planId, resolve));
      const begun = performance.now();
      socket.send(
        JSON.stringify({
          event: 'approve_plan',
          data: { session_id: sessionId, plan_id: planId, approved: true, id: planId },
        }),
      );
      if (!(await answered)) throw new Error('a decision was refused');
      taken.push(performance.now() - begun);
      await sleep(GAP_MS);
    }
    socket.terminate();
    return taken;
  }
} finally {
  await services.stop();
}
report.end();
