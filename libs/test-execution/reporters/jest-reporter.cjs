'use strict';
const { report, describe } = module.require('./report.cjs');

const STATUS = { passed: 'passed', failed: 'failed' };

/** Streams each jest test as it ends; what has no event of its own (skips) follows with its file. */
module.exports = class HilJestReporter {
  constructor() {
    this.seen = new Map();
  }

  emit(file, result) {
    report({
      type: 'case',
      file,
      name: [...result.ancestorTitles, result.title].join(' > '),
      status: STATUS[result.status] ?? 'skipped',
      durationMs: result.duration ?? undefined,
      message: result.failureMessages?.length
        ? describe(result.failureMessages.join('\n'))
        : undefined,
    });
  }

  onTestCaseResult(test, result) {
    const names = this.seen.get(test.path) ?? [];
    names.push(`${result.status} ${result.fullName}`);
    this.seen.set(test.path, names);
    this.emit(test.path, result);
  }

  onTestResult(test, fileResult) {
    const names = this.seen.get(test.path) ?? [];
    for (const result of fileResult.testResults) {
      const index = names.indexOf(`${result.status} ${result.fullName}`);
      if (index >= 0) names.splice(index, 1);
      else this.emit(test.path, result);
    }
    this.seen.delete(test.path);
    if (fileResult.testExecError) {
      report({
        type: 'case',
        file: test.path,
        name: 'the test file',
        status: 'error',
        message: describe(fileResult.failureMessage ?? fileResult.testExecError),
      });
    }
  }

  onRunComplete(_contexts, results) {
    report({
      type: 'end',
      totals: {
        passed: results.numPassedTests,
        failed: results.numFailedTests,
        skipped: results.numPendingTests + results.numTodoTests,
        errors: results.numRuntimeErrorTestSuites,
      },
    });
  }
};
