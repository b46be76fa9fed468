import { spawnSync } from 'node:child_process';
import { requireOrSkip } from '@hil/testing';
import { redisInstalled } from '../support/redis-server.js';
import { diskFullCases } from './cases/disk-full.cases.js';
import { fleetFor } from './support/fleet-suite.js';
import { LEASES } from './support/scale.js';

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
