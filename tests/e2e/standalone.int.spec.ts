import { describe } from '@jest/globals';
import { standalone } from '../support/standalone.shape.js';
import { describeWholeRun } from './whole-run.js';

describe('the whole run, standalone', () => {
  describeWholeRun(standalone);
});
