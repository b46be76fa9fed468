/**
 * A worker's event until the client has it, durable: stage -> Postgres -> Redis -> gateway app -> socket,
 * against a bare Postgres commit + ioredis pub/sub + ws. Worker, gateway and clients are processes.
 */
import { Report } from '../shared/report.mjs';
import { interleaved, roundsWanted } from '../shared/rounds.mjs';
import { startServices } from '../shared/services.mjs';
import { median } from '../shared/stats.mjs';
import { Gathering, ageMs, openClients } from './support/clients.mjs';
import { startPart, startSpine } from './support/spine.mjs';

const EVENTS = 150;
const GAP_MS = 4;
const CLIENTS = [1, 50];

const report = new Report('spine/event-latency');
const services = await startServices({ redis: true });
try {
  const { redisUrl } = services;
  const { gateway, worker } = await startSpine(services);
  for (const clients of CLIENTS) {
    const bare = await startPart(services, 'bare-gateway');
    const channel = `bare-${clients}`;
    const bareUrl = await bare.call('open', { redisUrl, channel });
    const { stage, sessionId } = await worker.call('begin');
    const ours = await listeners(`${gateway.ws}?session_id=${sessionId}&last_seq=0`, clients);
    const theirs = await listeners(bareUrl, clients);
    const contestants = {
      ours: () => ours.measure((count) => worker.call('emit', { stage, count, gapMs: GAP_MS })),
      bare: () =>
        theirs.measure((count) => worker.call('emitBare', { channel, count, gapMs: GAP_MS })),
    };
    await interleaved(2, contestants);
    report.compare({
      name: `worker event -> client, ${clients} ${clients === 1 ? 'client' : 'clients'}`,
      unit: 'ms p50',
      ...(await interleaved(roundsWanted(7), contestants)),
      bareIs: 'pg commit + ioredis pub/sub + ws',
      atMost: 2,
    });
    ours.close();
    theirs.close();
    await bare.stop();
  }
} finally {
  await services.stop();
}
report.end();

/** Clients that take the age of every stamped frame. */
async function listeners(url, count) {
  const gathering = new Gathering();
  let ages = [];
  const { close } = await openClients(url, count, (data) => {
    const age = ageMs(data);
    if (age === undefined) return;
    ages.push(age);
    gathering.wake();
  });
  return {
    close,
    measure: async (emit) => {
      ages = [];
      await emit(EVENTS);
      await gathering.until(() => ages.length >= EVENTS * count, 'all events at all clients');
      if (ages.length > EVENTS * count) throw new Error('an event came twice');
      return median(ages);
    },
  };
}
