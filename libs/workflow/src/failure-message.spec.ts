import { HilError } from '@hil/contracts';
import { describe, expect, it } from '@jest/globals';
import { failureMessage } from './failure-message.js';

describe('what a person reads when a stage failed', () => {
  it('names the stage of a fault of ours, and lets an error that speaks for itself speak', () => {
    expect(failureMessage('editing', HilError.from(new Error('boom')))).toBe(
      'editing failed: boom',
    );
    expect(failureMessage('editing', new HilError('forbidden', 'you may not'))).toBe('you may not');
  });

  it.each([
    'ENOSPC: no space left on device, write',
    'fatal: write error: No space left on device',
  ])('says what to do about "%s"', (text) => {
    expect(failureMessage('pkg_query', HilError.from(new Error(text)))).toMatch(
      /^pkg_query failed: .*The disk under DATA_DIR of the worker for pkg_query is full: make room/,
    );
  });
});
