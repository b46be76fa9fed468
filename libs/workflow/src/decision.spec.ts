import { describe, expect, it } from '@jest/globals';
import { judge, type Decision } from './decision.js';
import type { Approval } from './run-storage.port.js';
import { impact, intent, plan } from './testing/sample-run.js';

const ann = { id: 'ann', role: 'approver' as const };
const hunk = (id: string, file: string) => ({ id, file, header: '@@', diff: '' });
const hunks = [hunk('a#1', 'a'), hunk('a#2', 'a'), hunk('b#1', 'b')];

function approval(kind: 'plan' | 'diff' = 'diff'): Approval {
  const { plan_id, plan_hash, revision, base_sha } = plan();
  const times = { expires_at: '2027-01-01T00:00:00.000Z' };
  const id = '99999999-9999-4999-8999-999999999999';
  return {
    id,
    runId: id,
    sessionId: id,
    userId: 'ann',
    planId: plan_id,
    status: 'pending',
    card: {
      approval_id: id,
      kind,
      subject_hash: plan_hash,
      plan_id,
      plan_hash,
      revision,
      base_sha,
      plan: plan(),
      intent,
      impact,
      message: '',
      ...times,
      ...(kind === 'diff' ? { hunks } : {}),
    },
    expiresAt: new Date(times.expires_at),
    reminders: 0,
    decidedBy: null,
    decidedAt: null,
    reason: null,
  };
}

const decide = (selection: string[], more: Partial<Decision> = {}) =>
  judge(ann, approval(), { approved: true, selection, ...more }).event;

describe('a selection of hunks', () => {
  it('takes hunks by id and files by path, and names what goes', () => {
    expect(decide(['a#2', 'b'], { reason: 'too much' })).toMatchObject({
      type: 'approval_granted',
      notes: 'too much',
      selection: { accepted: ['a#2', 'b#1'], dropped: ['a#1'] },
    });
  });

  it('of everything is an approval of the whole', () => {
    for (const all of [
      ['a', 'b'],
      ['a#1', 'a#2', 'b#1'],
    ])
      expect(decide(all)).not.toHaveProperty('selection');
  });

  it('of nothing, of hunks that are not there, or of a plan is refused', () => {
    expect(() => decide([])).toThrow(/accepts nothing/);
    expect(() => decide(['a#1', 'c#9'])).toThrow(/c#9/);
    expect(() => judge(ann, approval('plan'), { approved: true, selection: ['a'] })).toThrow(
      /a selection is for diffs/,
    );
  });
});
