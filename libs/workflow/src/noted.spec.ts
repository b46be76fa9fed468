import type { RunState } from '@hil/contracts';
import { describe, expect, it } from '@jest/globals';
import { notedMessage } from './noted.js';
import { edit } from './testing/sample-run.js';

const said = (state: RunState, planner: 'model' | 'recipes' = 'model', steerable = true) =>
  notedMessage({ state, context: { planner } }, steerable);

describe('what a person is told who speaks to a run at work', () => {
  it('that the model hears it next, while it plans or edits', () => {
    expect(said('planning')).toContain('at its next step');
    expect(said('editing')).toContain('at its next step');
  });

  it('that the model hears it before the delivery, once the change is made', () => {
    for (const state of ['testing', 'verification'] as const)
      expect(said(state)).toContain(`after ${state}, before anything is delivered`);
  });

  it('that it comes too late, once the change is being delivered', () => {
    expect(said('pr_creation')).toContain('hears it before anything is delivered');
    const context = { planner: 'model' as const, edit, delivering: edit.headSha };
    expect(notedMessage({ state: 'pr_creation', context }, true)).toContain(
      'does not hear it any more',
    );
    const seen = { planner: 'model' as const, edit, diffApproved: edit.headSha };
    expect(notedMessage({ state: 'pr_creation', context: seen }, true)).toContain(
      'does not hear it any more',
    );
  });

  it('that nothing is decided by it, while an approval is open', () => {
    expect(said('awaiting_approval')).toContain('never decides an approval');
    expect(said('paused')).toContain('never decides an approval');
  });

  it('that recipes hear nothing', () => {
    expect(said('testing', 'recipes')).toContain('can not be steered');
    expect(said('editing', 'model', false)).toContain('can not be steered');
  });
});
