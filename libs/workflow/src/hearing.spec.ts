import { describe, expect, it } from '@jest/globals';
import { isReviewed } from './is-reviewed.js';
import type { RunEvent } from './run-events.js';
import { edit, failedTests, passedTests, sampleRun } from './testing/sample-run.js';
import { env } from './testing/transition-cases.js';
import { transition } from './transitions.js';

const passed: RunEvent = {
  type: 'tests_finished',
  tests: passedTests,
  repairable: true,
  unheard: true,
};

describe('what is said while the finished change is tested', () => {
  it('leads back to the editor, and from there to testing when it changed something', () => {
    const asked = transition(sampleRun('testing'), passed, env).run;
    expect(asked.context).toMatchObject({
      hearing: { turn: 1, headSha: edit.headSha },
      hearings: 1,
      tests: passedTests,
    });
    const more = { ...edit, headSha: 'c'.repeat(40) };
    const done = transition(asked, { type: 'edited', edit: more }, env).run;
    expect(done.state).toBe('testing');
    expect(done.context.hearing).toBeUndefined();
    expect(transition(done, passed, env).run.context.hearing?.turn).toBe(2);
  });

  it('goes on to verification without another test run when nothing was changed', () => {
    const asked = transition(sampleRun('testing'), passed, env).run;
    const done = transition(asked, { type: 'edited', edit }, env).run;
    expect(done).toMatchObject({ state: 'verification', context: { tests: passedTests } });
    expect(done.context.hearing).toBeUndefined();
  });

  it('voids the approval when it is another goal', () => {
    const asked = transition(sampleRun('testing'), passed, env).run;
    const { run, effects } = transition(asked, { type: 'goal_changed', reason: 'not so' }, env);
    expect(effects).toContainEqual({ kind: 'void_approvals' });
    expect(run.context).toMatchObject({ revisions: [{ reason: 'not so' }], hearings: 0 });
    expect(run.context.hearing).toBeUndefined();
    expect(run.context.approved).toBeUndefined();
  });

  it('edits no diff that a person has reviewed, and none that fails', () => {
    const review = { headSha: edit.headSha, accepted: [], dropped: [], by: 'ann', reason: '' };
    const reviewed = sampleRun('testing', { review });
    expect(transition(reviewed, passed, env).run.state).toBe('verification');
    const broken = { ...passed, tests: failedTests, repairable: false } as RunEvent;
    expect(transition(sampleRun('testing'), broken, env).run.state).toBe('failed');
    const leak: RunEvent = {
      type: 'verified',
      items: [],
      verdict: 'not_ready',
      unheard: true,
      message: 'A secret.',
    };
    expect(transition(sampleRun('verification'), leak, env).run.state).toBe('failed');
  });

  it('was known to who approves the diff afterwards, and holds nothing up', () => {
    const waiting = sampleRun('awaiting_approval', { steering: ['in English'] });
    const yes: RunEvent = { type: 'approval_granted', kind: 'diff', by: 'ann' };
    const { run } = transition(waiting, yes, env);
    expect(run).toMatchObject({ state: 'pr_creation', context: { steeringSeen: 1 } });
    const selection = { accepted: ['a#1'], dropped: ['a#2'] };
    const some = transition(
      sampleRun('awaiting_approval', { edit, steering: ['in English'] }),
      { ...yes, selection },
      env,
    ).run;
    expect(some).toMatchObject({ state: 'editing', context: { steeringSeen: 1 } });
  });

  it('edits no diff that a person has said yes to, as long as it is that diff', () => {
    const yes: RunEvent = { type: 'approval_granted', kind: 'diff', by: 'ann' };
    const { context } = transition(sampleRun('awaiting_approval', { edit }), yes, env).run;
    expect(isReviewed(context)).toBe(true);
    expect(transition(sampleRun('testing', context), passed, env).run.state).toBe('verification');
    const moved = { ...context, edit: { ...edit, headSha: 'c'.repeat(40) } };
    expect(isReviewed(moved)).toBe(false);
    expect(transition(sampleRun('testing', moved), passed, env).run.state).toBe('editing');
    const again = transition(
      sampleRun('editing', context),
      { type: 'goal_changed', reason: 'not so' },
      env,
    );
    expect(again.run.context.diffApproved).toBeUndefined();
  });
});
