import { requireOrSkip } from '@hil/testing';
import { redisInstalled } from '../support/redis-server.js';
import { scaled } from '../support/scaled.shape.js';
import { scaledCases } from './cases/scaled.cases.js';
import { describeWholeRun } from './whole-run.js';

requireOrSkip(
  'the whole run, five apps on Redis',
  redisInstalled,
  'no redis-server',
)(() => {
  describeWholeRun(scaled, scaledCases);
});
