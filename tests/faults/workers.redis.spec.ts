import { requireOrSkip } from '@hil/testing';
import { redisInstalled } from '../support/redis-server.js';
import { lateWorkerCases } from './cases/late-worker.cases.js';
import { rollingRestartCases } from './cases/rolling-restart.cases.js';
import { workerKillCases } from './cases/worker-kill.cases.js';
import { fleetFor } from './support/fleet-suite.js';
import { LEASES } from './support/scale.js';

requireOrSkip(
  'workers that die, hang and come back',
  redisInstalled,
  'no redis-server',
)(() => {
  const running = fleetFor(LEASES);
  workerKillCases(running);
  lateWorkerCases(running);
  rollingRestartCases(running);
});
