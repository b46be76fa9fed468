import { type Outcome, type RunState, summarySchema } from '@hil/contracts';
import { describe, expect, it } from '@jest/globals';
import type { Run, RunContext } from './run.js';
import { summaryOf } from './summary.js';
import { BASE_SHA, edit, passedTests, sampleRun } from './testing/sample-run.js';

function ended(state: RunState, outcome: Outcome, context: RunContext = {}): Run {
  return { ...sampleRun(state, context), outcome };
}

/** A run that ended before anything was edited. */
function unedited(state: RunState, outcome: Outcome): Run {
  const run = ended(state, outcome);
  const { edit: _edit, ...context } = run.context;
  return { ...run, context };
}

describe('the summary of a run', () => {
  it.each<[RunState, Outcome]>([
    ['completed', 'patch_ready'],
    ['completed', 'answered'],
    ['rejected', 'rejected'],
    ['cancelled', 'cancelled'],
    ['failed', 'failed'],
    ['expired', 'expired'],
  ])('of a run that is %s (%s) is as the contract says', (state, outcome) => {
    const summary = summaryOf(ended(state, outcome));
    expect(summarySchema.parse(summary)).toEqual(summary);
    expect(summary.outcome).toBe(outcome);
    expect(summary.message).not.toBe('');
  });

  it('tells what was changed, tested and delivered, and from where', () => {
    const summary = summaryOf(
      ended('completed', 'patch_ready', {
        tests: passedTests,
        delivery: { pushed: false, branch: 'hil/rename', note: 'The patch is ready.' },
        ending: 'The patch is ready.',
      }),
    );
    expect(summary).toMatchObject({
      message: 'The patch is ready.',
      branch: 'hil/rename',
      base_sha: BASE_SHA,
      head_sha: edit.headSha,
      files: [{ path: 'src/add.ts', additions: 3, deletions: 1 }],
      tests: passedTests,
      patch_url: '/api/runs/11111111-1111-4111-8111-111111111111/patch',
    });
    expect(summary.next_steps.join(' ')).toContain('hil/rename');
  });

  it('offers the candidate patch of a run that failed after editing', () => {
    expect(summaryOf(ended('failed', 'failed')).next_steps.join(' ')).toContain('candidate patch');
  });

  it('offers no patch when nothing was edited, and says that no test ran', () => {
    const summary = summaryOf(unedited('failed', 'failed'));
    expect(summary.files).toEqual([]);
    expect(summary.next_steps.join(' ')).not.toContain('patch');
    expect(summary.tests).toMatchObject({
      status: 'not_run',
      message: expect.stringContaining('no change was made'),
    });
    expect(summary).not.toHaveProperty('head_sha');
  });

  it.each<[RunState, Outcome]>([
    ['cancelled', 'cancelled'],
    ['expired', 'expired'],
  ])('says how to begin again after a run was %s', (state, outcome) => {
    expect(summaryOf(unedited(state, outcome)).next_steps).toContain(
      'Send the message again to start a new run.',
    );
  });

  it('does not exist of a run that goes on', () => {
    expect(() => summaryOf(sampleRun('editing'))).toThrow(/only of an ended run/);
  });
});
