import { requireOrSkip } from '@hil/testing';
import { redisInstalled } from '../support/redis-server.js';
import { cancelBusDownCases } from './cases/cancel-bus-down.cases.js';
import { networkCases } from './cases/network.cases.js';
import { postgresRestartCases } from './cases/postgres-restart.cases.js';
import { redisLostCases } from './cases/redis-lost.cases.js';
import { fleetFor } from './support/fleet-suite.js';
import { LEASES } from './support/scale.js';

requireOrSkip(
  'servers and networks that go away',
  redisInstalled,
  'no redis-server',
)(() => {
  const running = fleetFor(LEASES);
  postgresRestartCases(running);
  redisLostCases(running);
  cancelBusDownCases(running);
  networkCases(running);
});
