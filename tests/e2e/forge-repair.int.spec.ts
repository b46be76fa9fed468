import { FakeForge, startModelEndpoint, type ModelEndpoint } from '@hil/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { edits, finish, intent, plan, script } from '../support/model-script.js';
import { SMALL_CHANGE, small } from '../support/repositories.js';
import { approve, startRun } from '../support/run.js';
import { standalone } from '../support/standalone.shape.js';
import { World } from '../support/world.js';

let forge: FakeForge;
let endpoint: ModelEndpoint;
let world: World;

beforeAll(async () => {
  forge = await FakeForge.start();
  endpoint = await startModelEndpoint(() => ({ status: 500, message: 'no script' }));
  world = await World.start(standalone, {
    ...forge.githubSettings(forge.addUser('hil')),
    REPO_ALLOWED_HOSTS: forge.host,
    PULL_REQUEST_POLL_SECONDS: '1',
    LLM_MODEL: 'openai:gpt-4.1-mini',
    OPENAI_API_KEY: 'sk-not-a-key',
    OPENAI_BASE_URL: endpoint.openaiUrl,
    LLM_RETRY_WAIT_MS: '20',
  });
}, 180_000);
afterAll(async () => {
  await world.stop();
  await endpoint.close();
  await forge.close();
}, 120_000);

describe('a check that fails on the pull request', () => {
  it('is offered to be repaired: planned by the model, approved by a person, pushed to the same branch', async () => {
    const repository = await world.local(small());
    const url = forge.addRepository({
      owner: 'acme',
      name: 'shop',
      bare: repository.bare,
      collaborators: { hil: 'write' },
    });
    const chat = await world.open();
    const run = await startRun(chat, { message: SMALL_CHANGE, repo_url: url });
    await approve(chat, run);
    const { sessionId } = run;
    const first = await chat.summary(sessionId);
    expect(first).toMatchObject({ outcome: 'pr_created', pr_number: 1 });

    let asked = '';
    endpoint.play(
      script({
        intent: [
          (request) => {
            asked = request.last;
            return intent('repair the spelling check');
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
    forge.state.checks.push({
      id: forge.state.nextId(),
      sha: first.head_sha ?? '',
      name: 'spelling',
      status: 'completed',
      conclusion: 'failure',
      summary: 'NOTES.md: a sentence begins with a capital',
    });
    const { data: card } = await chat.update(
      sessionId,
      'approval_request',
      ({ plan: { summary } }) => summary === 'spell it right',
    );
    expect(asked).toContain('> NOTES.md: a sentence begins with a capital');
    const [pull] = forge.pulls('acme/shop');
    const branch = pull?.head.branch ?? '';
    // Offered, not done.
    expect((await forge.branches('acme/shop'))[branch]).toBe(first.head_sha);
    const { plan_id } = card;
    await chat.command('approve_plan', { session_id: sessionId, plan_id, approved: true });
    const { data: second } = await chat.update(
      sessionId,
      'summary',
      ({ head_sha }) => head_sha !== first.head_sha,
    );
    expect(second).toMatchObject({
      outcome: 'pr_created',
      pr_number: 1,
      branch,
      base_sha: first.head_sha,
    });
    expect((await forge.branches('acme/shop'))[branch]).toBe(second.head_sha);
    expect(forge.pulls('acme/shop')).toHaveLength(1);
    expect(forge.problems).toEqual([]);
  }, 300_000);
});
