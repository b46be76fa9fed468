import type { FakeForge } from '@hil/testing';
import { expect, it } from '@jest/globals';
import {
  edits,
  finish,
  intent,
  type ModelWorld,
  plan,
  script,
} from '../../support/model-script.js';
import { SMALL_CHANGE, small } from '../../support/repositories.js';
import { expectNoGap, startRun } from '../../support/run.js';

/** What becomes of a pull request whose checks fail, where no person has to approve and one retry is allowed. */
export function modelFollowCases(models: () => ModelWorld & { forge: FakeForge }): void {
  it('offers to repair a check that fails on the pull request, on the same branch, as often as AGENT_MAX_RETRIES says', async () => {
    const { endpoint, world, forge } = models();
    const { bare } = await world.local(small());
    const url = forge.addRepository({
      owner: 'acme',
      name: 'shop',
      bare,
      collaborators: { hil: 'write' },
    });
    const chat = await world.open();
    const { sessionId } = await startRun(chat, { message: SMALL_CHANGE, repo_url: url });
    const first = await chat.summary(sessionId);
    expect(first).toMatchObject({ outcome: 'pr_created', pr_number: 1 });
    const { branch = '', head_sha: sha = '' } = first;
    const fails = (at: string): void => {
      const summary = 'NOTES.md: a sentence begins with a capital';
      const id = forge.state.nextId();
      const status = { status: 'completed', conclusion: 'failure' } as const;
      forge.state.checks.push({ id, sha: at, name: 'spelling', ...status, summary });
    };

    let asked = '';
    endpoint.play(
      script({
        intent: [
          (request) => {
            asked = request.last;
            // What is risky a person is asked about, whatever the settings say.
            return intent('repair the spelling', { risk: 'high' });
          },
        ],
        plan: [plan('spell it right', [{ task: 'Write NOTES.md anew', files: ['NOTES.md'] }])],
        tasks: [
          [
            edits({ op: 'search_replace', path: 'NOTES.md', search: 'noted', replace: 'Noted.' }),
            finish('spelled right'),
          ],
        ],
      }),
    );
    fails(sha);
    const { data: card } = await chat.update(sessionId, 'approval_request');
    expect(asked).toContain('The check "spelling" fails');
    expect(asked).toContain('> NOTES.md: a sentence begins with a capital');
    expect(card).toMatchObject({ base_sha: sha, plan: { summary: 'spell it right' } });
    // Offered, not done.
    expect((await forge.branches('acme/shop'))[branch]).toBe(sha);
    const { plan_id = '' } = card;
    await chat.command('approve_plan', { session_id: sessionId, plan_id, approved: true });
    const { data: second } = await chat.update(
      sessionId,
      'summary',
      ({ head_sha }) => head_sha !== sha,
    );
    expect(second).toMatchObject({ outcome: 'pr_created', pr_number: 1, branch, base_sha: sha });
    expect((await forge.branches('acme/shop'))[branch]).toBe(second.head_sha);
    expect(forge.pulls('acme/shop')).toHaveLength(1);

    // It did not help: that was the one retry.
    fails(second.head_sha ?? '');
    await chat.update(sessionId, 'log', ({ message }) =>
      message.startsWith('the check spelling fails; to change something'),
    );
    expect(chat.of(sessionId, 'status').filter(({ state }) => state === 'received')).toHaveLength(
      2,
    );
    const [pull] = forge.pulls('acme/shop');
    if (pull !== undefined) pull.state = 'closed';
    await chat.update(sessionId, 'log', ({ message }) => message.endsWith('was closed'));
    expect(forge.problems).toEqual([]);
    expectNoGap(chat, sessionId);
  });
}
