import { afterAll, afterEach, beforeAll, describe } from '@jest/globals';
import { standalone } from '../support/standalone.shape.js';
import { World } from '../support/world.js';
import { standaloneKillCases } from './cases/standalone-kill.cases.js';

describe('faults in the standalone shape', () => {
  let world: World | undefined;
  const running = (): World => {
    if (world === undefined) throw new Error('standalone did not start');
    return world;
  };

  beforeAll(async () => {
    world = await World.start({
      name: standalone.name,
      deploy: (env) =>
        standalone.deploy({
          ...env,
          MAX_ACTIVE_RUNS_PER_USER: '1000',
          WEBSOCKET_MAX_CONNECTIONS_PER_USER: '1000',
        }),
    });
  }, 120_000);
  afterEach(() => world?.calm());
  afterAll(() => world?.stop(), 60_000);

  standaloneKillCases(running);
});
