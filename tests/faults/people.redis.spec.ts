import { requireOrSkip } from '@hil/testing';
import { redisInstalled } from '../support/redis-server.js';
import { decisionRaceCases, expiryRaceCases } from './cases/decision-race.cases.js';
import { gatewayKillCases } from './cases/gateway-kill.cases.js';
import { slowClientCases } from './cases/slow-client.cases.js';
import { waitingThroughRestartCases } from './cases/waiting-through-restart.cases.js';
import { fleetFor } from './support/fleet-suite.js';
import { LEASES } from './support/scale.js';

requireOrSkip(
  'people and their sockets',
  redisInstalled,
  'no redis-server',
)(() => {
  const running = fleetFor(LEASES);
  decisionRaceCases(running);
  gatewayKillCases(running);
  slowClientCases(running);
});

requireOrSkip(
  'people who decide at the last moment',
  redisInstalled,
  'no redis-server',
)(() => {
  const running = fleetFor({ ...LEASES, AGENT_APPROVAL_TTL: '2' });
  expiryRaceCases(running);
  waitingThroughRestartCases(running);
});
