/**
 * A stage hop: from the commit of a stage's result until the handler of the next stage is called with its
 * lease taken, in another process' turn of the same queue, against bare BullMQ add -> processor called. On
 * both backends.
 */
import { startChild } from '../shared/child.mjs';
import { Report } from '../shared/report.mjs';
import { interleaved, roundsWanted } from '../shared/rounds.mjs';
import { startServices } from '../shared/services.mjs';
import { median } from '../shared/stats.mjs';

const HOPS = 150;

const report = new Report('spine/stage-hop');
const services = await startServices({ redis: true });
try {
  for (const backend of ['Redis', 'PostgreSQL']) {
    const hopper = await startChild(`${import.meta.dirname}/support/hopper.mjs`);
    services.onStop(hopper.stop);
    const redisUrl = backend === 'Redis' ? services.redisUrl : undefined;
    await hopper.call('open', { databaseUrl: services.databaseUrl, redisUrl });
    const received = [];
    const contestants = {
      ours: async () => {
        const hops = await hopper.call('hop', HOPS);
        received.push(median(hops.map(({ receivedMs }) => receivedMs)));
        return median(hops.map(({ activeMs }) => activeMs));
      },
      bare: async () => median(await hopper.call('addBare', HOPS)),
    };
    await interleaved(1, contestants);
    received.length = 0;
    report.compare({
      name: `stage hop on ${backend}`,
      unit: 'ms p50',
      ...(await interleaved(roundsWanted(7), contestants)),
      bareIs: 'BullMQ add -> active',
      atMost: 3,
    });
    report.figure({
      name: `of it until the worker has the job (${backend}); the rest is the claim`,
      unit: 'ms p50',
      values: received,
    });
    await hopper.stop();
  }
} finally {
  await services.stop();
}
report.end();
