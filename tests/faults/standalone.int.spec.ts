import { FakeForge } from '@hil/testing';
import { afterAll, afterEach, beforeAll, describe } from '@jest/globals';
import { standalone } from '../support/standalone.shape.js';
import { World } from '../support/world.js';
import { standaloneKillCases } from './cases/standalone-kill.cases.js';

describe('faults in the standalone shape', () => {
  let world: World | undefined;
  let forge: FakeForge | undefined;
  const running = (): { world: World; forge: FakeForge } => {
    if (world === undefined || forge === undefined) throw new Error('standalone did not start');
    return { world, forge };
  };

  beforeAll(async () => {
    forge = await FakeForge.start();
    world = await World.start(standalone, {
      ...forge.githubSettings(forge.addUser('hil')),
      REPO_ALLOWED_HOSTS: forge.host,
      MAX_ACTIVE_RUNS_PER_USER: '1000',
      WEBSOCKET_MAX_CONNECTIONS_PER_USER: '1000',
    });
  }, 120_000);
  afterEach(() => world?.calm());
  afterAll(async () => {
    await world?.stop();
    await forge?.close();
  }, 60_000);

  standaloneKillCases(running);
});
