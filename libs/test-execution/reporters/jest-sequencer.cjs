'use strict';
const { statSync } = module.require('node:fs');

const first = new Set((process.env.HIL_FIRST ?? '').split('\n'));

/** Test files the change affects come first, then the largest: long ones should not start last. */
module.exports = class HilSequencer {
  sort(tests) {
    const rank = (test) => (first.has(test.path) ? 0 : 1);
    const sizes = new Map(tests.map(({ path }) => [path, statSync(path).size]));
    return [...tests].sort(
      (a, b) => rank(a) - rank(b) || (sizes.get(b.path) ?? 0) - (sizes.get(a.path) ?? 0),
    );
  }

  shard(tests) {
    return tests;
  }

  allFailedTests(tests) {
    return tests;
  }

  cacheResults() {}
};
