'use strict';
const { report, describe } = require('./report.cjs');

/** Streams each mocha test as it ends, and prints one line for each. */
module.exports = class HilMochaReporter {
  constructor(runner) {
    const emit = (test, status, error) => {
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
      const { passes = 0, failures = 0, pending = 0 } = runner.stats ?? {};
      report({
        type: 'end',
        totals: { passed: passes, failed: failures, skipped: pending, errors: 0 },
      });
    });
  }
};
