import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type ModelEndpoint, startModelEndpoint } from '@hil/testing';
import { edits, finish, intent, plan, script } from '../support/model-script.js';
import { todoApi } from '../support/repositories.js';
import { approve, expectNoGap, startRun, statesOf } from '../support/run.js';
import { standalone } from '../support/standalone.shape.js';
import { World } from '../support/world.js';

jest.setTimeout(120_000);

describe('runs that a model plans and edits', () => {
  let endpoint: ModelEndpoint;
  let world: World;

  beforeAll(async () => {
    endpoint = await startModelEndpoint(() => ({ status: 500, message: 'no script' }));
    world = await World.start(standalone, {
      LLM_MODEL: 'openai:gpt-4.1-mini',
      OPENAI_API_KEY: 'sk-not-a-key',
      OPENAI_BASE_URL: endpoint.openaiUrl,
      // Both wire formats in one run.
      LLM_MODEL_EDITOR: 'anthropic:claude-haiku-4-5',
      ANTHROPIC_API_KEY: 'sk-ant-not-a-key',
      ANTHROPIC_BASE_URL: endpoint.anthropicUrl,
      LLM_RETRY_WAIT_MS: '20',
    });
  }, 120_000);
  afterEach(() => world.calm());
  afterAll(async () => {
    await world.stop();
    await endpoint.close();
  }, 120_000);

  it('adds a field with its validation and a test, and delivers the patch', async () => {
    endpoint.play(
      script({
        intent: [intent('Users get an e-mail address that is validated', { risk: 'medium' })],
        plan: [
          plan('e-mail address of users', [
            {
              task: 'Add emailOf with validation',
              files: ['src/users.js', 'test/users.test.js'],
              changes: ['adds emailOf beside src/users.js#findUser'],
              tests: ['emailOf of a known user'],
            },
          ]),
        ],
        tasks: [
          [
            edits(
              {
                op: 'search_replace',
                path: 'src/users.js',
                search: '/** The name to show for a user. */',
                replace:
                  '/** The address of a user. */\nexport function emailOf(id) {\n  return `${findUser(id).name.toLowerCase()}@example.org`;\n}\n\n/** The name to show for a user. */',
              },
              {
                op: 'search_replace',
                path: 'test/users.test.js',
                search: 'import { displayName, findUser }',
                replace: 'import { displayName, emailOf, findUser }',
              },
              {
                op: 'search_replace',
                path: 'test/users.test.js',
                search: "test('displayName shows name and id'",
                replace:
                  "test('emailOf is the name at example.org', () => {\n  assert.equal(emailOf('1'), 'ada@example.org');\n});\n\ntest('displayName shows name and id'",
              },
            ),
            finish('emailOf added'),
          ],
        ],
      }),
    );
    const repository = await world.serve(todoApi());
    const chat = await world.open();
    const run = await startRun(chat, {
      message: 'Users need an e-mail address, validated',
      repo_url: repository.url,
    });
    const card = await approve(chat, run);
    const summary = await chat.summary(run.sessionId);

    expect(summary).toMatchObject({ outcome: 'patch_ready' });
    expect(summary.files.map(({ path }) => path)).toEqual(['src/users.js', 'test/users.test.js']);
    expect(summary.tests).toMatchObject({ status: 'passed', after: { passed: 10 } });
    expect(summary.usage).toMatchObject({
      model: 'openai:gpt-4.1-mini, anthropic:claude-haiku-4-5',
      calls: 4,
    });
    expect(summary.usage.cost_usd).toBeGreaterThan(0);
    expect(card.estimate?.cost_usd).toBeGreaterThan(0);
    expect(statesOf(chat, run.sessionId)).toEqual([
      'received',
      'intent_extraction',
      'pkg_query',
      'impact_analysis',
      'planning',
      'awaiting_approval',
      'editing',
      'testing',
      'verification',
      'pr_creation',
      'completed',
    ]);
    expectNoGap(chat, run.sessionId);
  });
});
