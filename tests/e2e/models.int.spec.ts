import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { FakeForge, type ModelEndpoint, startModelEndpoint } from '@hil/testing';
import { type ModelTask, modelTasks, taskFiles } from '../models/model-tasks.js';
import { type PublicTask, publicFiles, publicTasks } from '../models/public-tasks.js';
import { checkPatch, runTask } from '../models/run-task.js';
import { script } from '../support/model-script.js';
import { expectNoGap, statesOf } from '../support/run.js';
import { standalone } from '../support/standalone.shape.js';
import { World } from '../support/world.js';
import { modelBudgetCases } from './cases/model-budget.cases.js';
import { modelFaultCases } from './cases/model-fault.cases.js';
import { modelFollowCases } from './cases/model-follow.cases.js';
import { modelSteeringCases } from './cases/model-steering.cases.js';
import { operationsCases } from './cases/operations.cases.js';
import { plantedInstructionCases } from './cases/planted-instruction.cases.js';

jest.setTimeout(240_000);
/** Dependencies of real projects come over the network. */
const PUBLIC_MS = 900_000;

/** The rest is run by `npm run test:models`. */
const QUICK = new Set(['add-field', 'repair-after-failing-test', 'question']);
const tasks = modelTasks().filter(
  ({ name }) => process.env['HIL_MODEL_TASKS'] === 'all' || QUICK.has(name),
);

describe('runs that a model plans and edits', () => {
  let endpoint: ModelEndpoint;
  let world: World;
  let forge: FakeForge;
  /** A value that is a secret of the server and that somebody also left in a repository. */
  let token: string;

  beforeAll(async () => {
    forge = await FakeForge.start();
    token = forge.addUser('hil');
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
      AGENT_MAX_STEPS: '12',
      AGENT_APPROVAL_REQUIRED: 'false',
      AGENT_MAX_RETRIES: '1',
      ...forge.githubSettings(token),
      REPO_ALLOWED_HOSTS: forge.host,
      PULL_REQUEST_POLL_SECONDS: '1',
    });
  }, 120_000);
  afterEach(() => world.calm());
  afterAll(async () => {
    await world.stop();
    await Promise.all([endpoint.close(), forge.close()]);
  }, 120_000);

  it.each(tasks.map((task): [string, string, ModelTask] => [task.name, task.language, task]))(
    '%s (%s)',
    async (_name, _language, task) => {
      endpoint.play(script(task.script));
      const repository = await world.serve(taskFiles(task));
      const chat = await world.open();
      const { run, cards, summary } = await runTask(chat, task, repository.url);

      expect(summary).toMatchObject({ outcome: task.outcome ?? 'patch_ready' });
      expectNoGap(chat, run.sessionId);
      if (task.outcome === 'answered') {
        const [answer] = chat.of(run.sessionId, 'query_response');
        expect(answer?.answer).toContain(task.expect);
        // The reference that does not exist was sent back.
        expect(answer?.references).toHaveLength(1);
        expect(summary.files).toEqual([]);
        return;
      }
      await checkPatch(task, repository, world.deployment.http, summary);
      const plans = cards.filter(({ kind }) => kind === 'plan');
      expect(plans).toHaveLength(task.reject === undefined ? 1 : 2);
      const approved = plans.at(-1)?.plan.plan.flatMap(({ files }) => files) ?? [];
      expect(approved).toEqual(expect.arrayContaining(summary.files.map(({ path }) => path)));
      expect(plans[0]?.estimate?.cost_usd).toBeGreaterThan(0);
      expect(summary.usage.cost_usd).toBeGreaterThan(0);
      expect(summary.usage.model).toBe('openai:gpt-4.1-mini, anthropic:claude-haiku-4-5');
      const states = statesOf(chat, run.sessionId);
      expect(states.filter((state) => state === 'awaiting_answer')).toHaveLength(
        task.answer === undefined ? 0 : 1,
      );
      if (task.reject !== undefined) {
        expect(plans[1]?.plan).toMatchObject({ revision: 2, reason: task.reject });
        expect(plans[1]?.plan.changes_since).toContain('-  file: src/errors.js');
      }
      if (task.name === 'repair-after-failing-test') {
        expect(states.filter((state) => state === 'editing' || state === 'testing')).toEqual([
          'editing',
          'testing',
          'editing',
          'testing',
        ]);
        expect(summary.tests).toMatchObject({ status: 'passed', new_failures: [] });
      }
    },
  );

  // Nothing of a public repository is part of this checkout: `npm run test:models` with clones at hand plays these.
  const clones = process.env['HIL_PUBLIC_REPOSITORIES'];
  if (clones !== undefined) {
    it.each(
      publicTasks().map((task): [string, string, PublicTask] => [task.name, task.language, task]),
    )(
      'a task on the public repository %s (%s), with its own tests green',
      async (_name, _language, task) => {
        endpoint.play(script(task.script));
        const repository = await world.serve(await publicFiles(task, clones));
        const chat = await world.open();
        const { run, cards, summary } = await runTask(chat, task, repository.url, PUBLIC_MS);
        expect(summary).toMatchObject({
          outcome: 'patch_ready',
          tests: { status: task.tests ?? 'passed', new_failures: [] },
        });
        expectNoGap(chat, run.sessionId);
        // What could not be tested, a person has looked at.
        expect(cards.map(({ kind }) => kind)).toEqual(
          task.tests === undefined ? ['plan'] : ['plan', 'diff'],
        );
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
          ...(task.tests === undefined ? [] : ['awaiting_approval']),
          'pr_creation',
          'completed',
        ]);
        const planned = cards[0]?.plan.plan.flatMap(({ files }) => files) ?? [];
        expect(summary.files.map(({ path }) => path).sort()).toEqual([...planned].sort());
        await checkPatch(task, repository, world.deployment.http, summary);
      },
      PUBLIC_MS + 300_000,
    );
  }

  modelFaultCases(() => ({ endpoint, world }));
  modelBudgetCases(() => ({ endpoint, world }));
  modelSteeringCases(() => ({ endpoint, world }));
  modelFollowCases(() => ({ endpoint, world, forge }));
  operationsCases(() => ({ endpoint, world }));

  plantedInstructionCases(() => ({ endpoint, world, token }));
});
