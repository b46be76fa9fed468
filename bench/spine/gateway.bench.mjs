/**
 * The gateway app at its sockets: fan-out of a session to 1,000 clients and inbound frames against bare ws,
 * and the memory of 5,000 idle connections. Servers and clients are processes.
 */
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { memoryMb, startApp } from '../shared/apps.mjs';
import { Report } from '../shared/report.mjs';
import { interleaved, roundsWanted } from '../shared/rounds.mjs';
import { startServices } from '../shared/services.mjs';
import { Gathering, openClients } from './support/clients.mjs';
import { startPart, startSpine } from './support/spine.mjs';

const CLIENTS = 1_000;
const EVENTS = 100;
const INBOUND = 4_000;
const IN_FLIGHT = 50;
const IDLE = 5_000;
const support = `${import.meta.dirname}/support`;

const report = new Report('spine/gateway');
const services = await startServices({ redis: true });
try {
  const { gateway, worker } = await startSpine(services);
  const bare = await startPart(services, 'bare-gateway');
  const bareUrl = await bare.call('open', {});
  const rounds = roundsWanted(5);
  await fanOut(rounds);
  await inbound(rounds);
  await idle();

  async function fanOut() {
    const { stage, sessionId } = await worker.call('begin');
    const ours = await counted(
      `${gateway.ws}?session_id=${sessionId}&last_seq=0`,
      CLIENTS,
      (data) => data.includes('"type":"log"'),
    );
    const theirs = await counted(bareUrl, CLIENTS, () => true);
    const frame = JSON.stringify({
      event: 'agent_update',
      data: {
        type: 'log',
        timestamp: new Date().toISOString(),
        stage: 'testing',
        data: { message: 'x'.repeat(120), level: 'info', source: sessionId },
        session_id: sessionId,
        run_id: sessionId,
        seq: 1_000,
        attempt: 1,
      },
    });
    const contestants = {
      ours: () => ours.rate(EVENTS, () => worker.call('burst', { stage, count: EVENTS, size: 10 })),
      bare: () => theirs.rate(EVENTS, () => bare.call('broadcast', { count: EVENTS, frame })),
    };
    await interleaved(1, contestants);
    report.compare({
      name: `fan-out to ${CLIENTS} clients`,
      unit: 'deliveries/s',
      ...(await interleaved(rounds, contestants)),
      bareIs: 'ws broadcast, nothing stored',
      atLeast: 0.7,
    });
    ours.close();
    theirs.close();
  }

  async function inbound() {
    const command = (n) =>
      JSON.stringify({ event: 'authenticate', data: { token: 'none-needed', id: `bench-${n}` } });
    const unknown = (n) =>
      JSON.stringify({
        event: 'cancel_request',
        data: { session_id: '00000000-0000-4000-8000-000000000000', id: `bench-${n}` },
      });
    const isAck = (data) => data.includes('"event":"ack"');
    const contestants = {
      ours: () => answered(gateway.ws, command, isAck),
      bare: () => answered(bareUrl, command, () => true),
      withDatabase: () => answered(gateway.ws, unknown, isAck),
    };
    await interleaved(1, contestants);
    const { withDatabase, ...figures } = await interleaved(rounds, contestants);
    report.compare({
      name: 'inbound frames, parsed, limited and acknowledged',
      unit: 'messages/s',
      ...figures,
      bareIs: 'ws echo',
      atLeast: 0.4,
    });
    report.figure({
      name: 'inbound commands that ask the database twice',
      unit: 'messages/s',
      values: withDatabase,
    });
  }

  /** Fresh servers: one that has served a flood has room in its heap, and would seem to need none. */
  async function idle() {
    await gateway.stop();
    await bare.stop();
    const preload = `${support}/collect-on-signal.mjs`;
    const fresh = await startApp(services, 'gateway', { NODE_OPTIONS: `--import=${preload}` });
    const plain = await startPart(services, 'bare-gateway', [`--import=${preload}`]);
    const plainUrl = await plain.call('open', {});
    const ours = await idleKb(fresh.ws, fresh.pid);
    const theirs = await idleKb(plainUrl, plain.pid);
    report.figure({
      name: `memory of an idle connection, of ${IDLE}: JavaScript heap and buffers`,
      unit: 'kB',
      values: [ours.heap],
      atMost: 25,
    });
    // Below zero when the process gave back what its boot needed meanwhile.
    report.figure({
      name: 'growth of its resident memory, by connection',
      unit: 'kB',
      values: [ours.resident],
      atMost: 25,
    });
    report.figure({ name: 'resident, of bare ws', unit: 'kB', values: [theirs.resident] });
    report.figure({ name: 'heap and buffers, of bare ws', unit: 'kB', values: [theirs.heap] });
  }

  async function idleKb(url, pid) {
    // The first connections also pay for what a server needs once.
    const first = await openClients(url, 100, () => undefined);
    const before = { heap: await collected(pid), resident: memoryMb(pid).resident };
    const { close } = await openClients(url, IDLE, () => undefined);
    const heap = ((await collected(pid)) - before.heap) / IDLE;
    const resident = ((memoryMb(pid).resident - before.resident) * 1_024) / IDLE;
    close();
    first.close();
    return { heap, resident };
  }
} finally {
  await services.stop();
}
report.end();

/** JavaScript heap and buffers of a process without garbage, in kB. */
async function collected(pid) {
  const file = join(tmpdir(), `hil-bench-${pid}`);
  await sleep(1_000);
  process.kill(pid, 'SIGUSR2');
  await sleep(1_500);
  const bytes = Number(readFileSync(file, 'utf8'));
  rmSync(file);
  return bytes / 1_024;
}

/** Clients that count what comes; the rate is of deliveries from the first event's commit to the last delivery. */
async function counted(url, count, counts) {
  const gathering = new Gathering();
  let got = 0;
  const { close } = await openClients(url, count, (data) => {
    if (!counts(data)) return;
    got += 1;
    gathering.wake();
  });
  await sleep(500);
  return {
    close,
    rate: async (events, send) => {
      got = 0;
      const begun = performance.now();
      const sent = send();
      await gathering.until(() => got >= events * count, 'all deliveries', 120_000);
      const took = performance.now() - begun;
      await sent;
      await sleep(100);
      if (got > events * count) throw new Error('an event came twice');
      return (events * count * 1_000) / took;
    },
  };
}

/** Messages a second over one socket with some under way at any time. */
async function answered(url, message, isAnswer) {
  const gathering = new Gathering();
  let got = 0;
  let sent = 0;
  const { sockets, close } = await openClients(url, 1, (data) => {
    if (sent === 0 || !isAnswer(data)) return;
    got += 1;
    if (sent < INBOUND) next();
    if (got === INBOUND) gathering.wake();
  });
  await sleep(100);
  const next = () => sockets[0].send(message((sent += 1)));
  const begun = performance.now();
  for (let n = 0; n < IN_FLIGHT; n += 1) next();
  await gathering.until(() => got === INBOUND, 'all answers');
  const took = performance.now() - begun;
  close();
  return (INBOUND * 1_000) / took;
}
