import { spawnSync } from 'node:child_process';
import { requireOrSkip } from '@hil/testing';
import { afterAll, beforeAll } from '@jest/globals';
import { redisInstalled } from '../support/redis-server.js';
import { standaloneWithin } from '../support/standalone.shape.js';
import { World } from '../support/world.js';
import { diskFullStandaloneCases } from './cases/disk-full-standalone.cases.js';
import { diskFullCases } from './cases/disk-full.cases.js';
import { fleetFor } from './support/fleet-suite.js';
import { LEASES } from './support/scale.js';
import { SmallDisk } from './support/small-disk.js';

const mayMount =
  process.platform === 'linux' &&
  spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;

requireOrSkip(
  'a disk that is full',
  redisInstalled && mayMount,
  'no redis-server, or no right to mount a small file system in a namespace',
)(() => {
  diskFullCases(fleetFor(LEASES));
});

/** A new cluster, its write-ahead log, and what a few runs need. */
const DATABASE_DISK_MB = 256;

requireOrSkip(
  'a disk that is full under the database',
  mayMount,
  'no right to mount a small file system in a namespace',
)(() => {
  let world: World | undefined;
  beforeAll(async () => {
    const shape = standaloneWithin((dataDir) => SmallDisk.mountedAt(dataDir, DATABASE_DISK_MB));
    world = await World.start({
      name: shape.name,
      deploy: (env) => shape.deploy({ ...env, MAX_ACTIVE_RUNS_PER_USER: '1000' }),
    });
  }, 120_000);
  afterAll(() => world?.stop(), 60_000);

  diskFullStandaloneCases(() => {
    if (world === undefined) throw new Error('standalone did not start');
    return world;
  });
});
