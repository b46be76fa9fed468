#!/usr/bin/env node
/** The last line of .ci/run: what Jest counted, from its JSON result. */
import { existsSync, readFileSync } from 'node:fs';

const [file] = process.argv.slice(2);
if (file !== undefined && existsSync(file) && readFileSync(file, 'utf8') !== '') {
  const result = JSON.parse(readFileSync(file, 'utf8'));
  // A file that could not even be loaded has no tests to count.
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  const skipped = result.numPendingTests + result.numTodoTests;
  console.log(`${result.numPassedTests} passed, ${failed} failed, ${skipped} skipped`);
} else {
  // A check before the tests failed.
  console.log('0 passed, 1 failed, 0 skipped');
}
