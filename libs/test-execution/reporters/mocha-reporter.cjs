'use strict';
const { report, describe } = module.require('./report.cjs');

/** Streams each mocha test as it ends, and prints one line for each. */
module.exports = class HilMochaReporter {
  constructor(runner) {
    // The files are loaded and nothing has run yet: what the change affects comes first.
    const first = new Set((process.env.HIL_FIRST ?? '').split('\n'));
    runner.suite.suites.sort((a, b) => Number(first.has(b.file)) - Number(first.has(a.file)));
    // Before mocha 6 the runner itself keeps no statistics.
    const own = { passed: 0, failed: 0, skipped: 0, errors: 0 };
    const emit = (test, status, error) => {
      own[status] += 1;
      report({
        type: 'case',
        file: test.file ?? test.parent?.file,
        name: test.titlePath().join(' > '),
        status,
        durationMs: test.duration,
        message: describe(error),
      });
      console.log(`${status}: ${test.fullTitle()}`);
      if (error) console.log(describe(error));
    };
    runner.on('pass', (test) => emit(test, 'passed'));
    runner.on('pending', (test) => emit(test, 'skipped'));
    runner.on('fail', (test, error) => emit(test, 'failed', error));
    runner.on('end', () => {
      const stats = runner.stats;
      report({
        type: 'end',
        totals: stats
          ? { passed: stats.passes, failed: stats.failures, skipped: stats.pending, errors: 0 }
          : own,
      });
    });
  }
};
