import { randomUUID } from 'node:crypto';
import { Overlay } from '@hil/code-editing';
import {
  HilError,
  type Plan,
  type PlanTask,
  type ProjectGraph,
  type ProposedPlan,
  planTaskSchema,
  proposedPlanSchema,
} from '@hil/contracts';
import {
  FENCE_RULES,
  ModelError,
  type ModelMessage,
  type ToolOutcome,
  runToolLoop,
  tool,
} from '@hil/language-models';
import { sensitiveKind } from '@hil/verification';
import type { Worktree } from '@hil/version-control';
import { type NewArtifact, type RunContext, type StageContext, planHash } from '@hil/workflow';
import { z } from 'zod';
import {
  type ModelContext,
  contextArtifact,
  contextLines,
  modelContext,
} from '../shared/model-context.js';
import { baseBlobs } from '../shared/base-blobs.js';
import { projectAdvice, remembered } from '../shared/project-advice.js';
import { graphAt } from '../shared/project-graph.js';
import { readingTools } from '../shared/reading-tools.js';
import { listed, required } from '../shared/requirements.js';
import { RunModels } from '../shared/run-models.js';
import type { StageServices } from '../shared/stage-services.js';
import { planEstimate } from './plan-estimate.js';
import { planProblems, tidied } from './plan-problems.js';
import { planDiff, planText } from './plan-text.js';
import { type TriedTasks, tryProjectEdits } from './try-project-edits.js';

const MAX_STEPS = 16;
const MAX_MEMORIES = 20;

const proposalSchema = proposedPlanSchema.extend({
  plan: z
    .array(
      // The planner says which files it read; a model does not know their ids.
      // Neither does it know what a rename comes to: that is tried out.
      planTaskSchema.omit({ base_blobs: true, expected: true }).extend({
        files: z
          .array(z.string())
          .describe('every file the task changes; editing others is refused'),
        new_files: z
          .array(z.string())
          .optional()
          .describe('those of the files that do not exist yet'),
        changes: z
          .array(z.string())
          .prefault([])
          .describe('what changes, one sentence each; existing symbols as path#symbol'),
        tests: z
          .array(z.string())
          .prefault([])
          .describe('tests to add or change, one sentence each'),
        project_edits: planTaskSchema.shape.project_edits.describe(
          'renames of symbols and moves of files; the files they reach are added to the task, and how many edits they are',
        ),
        notes: z.string().prefault(''),
      }),
    )
    .min(1)
    .max(50),
  acceptance_criteria: z.array(z.string()).prefault([]),
  migrations: z.array(z.string()).prefault([]),
});

const SYSTEM = [
  'You plan a change of a code repository for a person who approves or rejects the plan, and call propose_plan at the end.',
  'Look around with the tools first where the given files do not suffice. Make the smallest plan that does all that is',
  'asked: few tasks, each complete in itself and leaving the tests green; tests belong to the task whose behaviour they show.',
  'Name every file a task will touch, tests and documents included: nothing else may be edited later. Announce each',
  'rename of a symbol and each move of a file in project_edits: another one needs a person again.',
  'A change of behaviour needs tests. Acceptance criteria that a program can judge are preferred: "`PATH` is changed" (or',
  'added, deleted), "`TEXT` occurs in `PATH`", "`TEXT` does not occur in `PATH`", "no test fails that passed before".',
  FENCE_RULES,
].join(' ');

interface PlanRequest {
  context: StageContext;
  services: StageServices;
  worktree: Worktree;
  baseSha: string;
}

/** A plan with what it is expected to cost and what it was made from. */
interface MadePlan {
  plan: Plan;
  estimate: NonNullable<RunContext['estimate']>;
  artifacts: NewArtifact[];
}

/**
 * The next plan of a run that a model plans: its own proposal, or the tasks that the person wrote. Held against the
 * repository; what does not fit goes back to the model once.
 * @throws HilError validation_error when the plan still does not fit
 */
export async function modelPlan(request: PlanRequest): Promise<MadePlan> {
  const { context, services, worktree, baseSha } = request;
  const graph = await graphAt(services, context, baseSha, worktree);
  const overlay = await Overlay.open(worktree.path);
  const tracked = await worktree.listFiles(baseSha);
  const files = tracked.map(({ path }) => path);
  const before = context.run.context.plan;
  const revision = context.run.context.revisions?.at(-1);
  const written = revision?.tasks;
  const artifacts: NewArtifact[] = [];
  const tried = (tasks: readonly PlanTask[]) =>
    tryProjectEdits(tasks, { root: worktree.path, files, graph, signal: context.signal });
  let proposed: ProposedPlan;
  if (written !== undefined && before !== undefined) {
    const plan = asWritten(context, written, files);
    const { tasks, wrong } = await tried(plan);
    for (const one of wrong) context.log(`${one}; editing will ask about it`, 'warning');
    proposed = { ...before, plan: tasks };
  } else {
    const models = new RunModels(services, context);
    const chosen = await chooseContext(request, graph, overlay);
    artifacts.push(contextArtifact(chosen));
    proposed = await propose(request, models, { graph, overlay, files, chosen, tried });
  }
  const tasks = tidied(proposed.plan).map((task) => ({
    ...task,
    base_blobs: baseBlobs(task.files, tracked),
  }));
  const number = (before?.revision ?? 0) + 1;
  const touched = [...new Set(tasks.flatMap((task) => task.files))];
  const plan: Plan = {
    plan_id: randomUUID(),
    plan_hash: planHash({ tasks, base_sha: baseSha, revision: number }),
    revision: number,
    base_sha: baseSha,
    summary: proposed.summary,
    plan: tasks,
    acceptance_criteria: proposed.acceptance_criteria,
    migrations: [
      ...new Set([
        ...proposed.migrations,
        ...touched.filter((path) => sensitiveKind(path) === 'migration'),
      ]),
    ],
    commit: proposed.commit,
    ...(revision === undefined ? {} : { reason: revision.reason }),
    ...(before === undefined ? {} : { changes_since: planDiff(before.plan, tasks) }),
  };
  if (plan.changes_since !== undefined)
    context.log(`changes since revision ${number - 1}:\n${plan.changes_since}`);
  for (const task of tasks) context.log(`${task.id}: ${task.task} (${listed(task.files, 4)})`);
  const { known, ...estimate } = await planEstimate(
    tasks,
    overlay,
    services.models?.names.editor ?? '',
  );
  context.log(
    `estimate: ${known ? `$${estimate.cost_usd.toFixed(4)}` : 'price not known'}, about ${estimate.minutes} min of model time`,
  );
  return { plan, estimate, artifacts };
}

async function chooseContext(
  { context, services }: PlanRequest,
  graph: ProjectGraph,
  overlay: Overlay,
): Promise<ModelContext> {
  const intent = required(context, 'intent');
  const { request, context: facts } = context.run;
  const words = [
    request.message,
    intent.description,
    ...(facts.answers ?? []).map(({ answer }) => answer),
    ...(facts.revisions ?? []).map(({ reason }) => reason),
  ];
  const chosen = await modelContext({
    graph,
    overlay,
    request: words.join('\n'),
    targets: [...intent.target_modules, ...(facts.plan?.plan.flatMap(({ files }) => files) ?? [])],
    budgetTokens: services.config.model.contextTokens,
  });
  for (const line of contextLines(chosen)) context.log(line);
  return chosen;
}

async function propose(
  { context, services }: PlanRequest,
  models: RunModels,
  project: {
    graph: ProjectGraph;
    overlay: Overlay;
    files: readonly string[];
    chosen: ModelContext;
    tried: (tasks: readonly PlanTask[]) => Promise<TriedTasks>;
  },
): Promise<ProposedPlan> {
  const { graph, overlay, files, chosen, tried } = project;
  const { repository, intent } = context.run.context;
  const memory = await services.memory.recall(repository?.address ?? '', MAX_MEMORIES);
  const text = [
    await projectAdvice(overlay),
    remembered(memory),
    chosen.text,
    `The repository has ${files.length} files. Its tests: ${listed(testFiles(graph), 12) || 'none found'}.`,
    wishOf(context),
  ].filter((part) => part !== '');
  const messages: ModelMessage[] = [
    { role: 'system', text: SYSTEM },
    { role: 'user', text: text.join('\n\n') },
  ];
  let repaired = false;
  let objections: string[] = [];
  try {
    return await runToolLoop<ProposedPlan>({
      client: models.client('planner'),
      messages,
      signal: context.signal,
      maxSteps: MAX_STEPS,
      last: 'propose_plan',
      tools: {
        ...readingTools<ProposedPlan>({
          overlay,
          files: () => files,
          graph,
          signal: context.signal,
        }),
        propose_plan: tool({
          description: 'Proposes the plan and ends.',
          schema: proposalSchema,
          run: async (proposal): Promise<ToolOutcome<ProposedPlan>> => {
            const { tasks, wrong: refused } = await tried(proposal.plan);
            const plan = { ...proposal, plan: tasks };
            const found = planProblems(plan, files, graph, required(context, 'intent'));
            const { missing } = found;
            const wrong = [...refused, ...found.wrong];
            objections = wrong;
            if (wrong.length === 0 && (missing.length === 0 || repaired)) {
              for (const one of missing) context.log(one, 'warning');
              return { done: plan };
            }
            if (repaired) throw unfit(wrong);
            repaired = true;
            const all = [...wrong, ...missing];
            context.log(`the plan goes back to the model: ${listed(all, 4)}`, 'warning');
            return {
              reply: `The plan does not fit the repository:\n- ${all.join('\n- ')}\nCorrect it and call propose_plan again.`,
            };
          },
        }),
      },
    });
  } catch (error) {
    if (error instanceof ModelError && error.reason === 'step_limit' && objections.length > 0)
      throw unfit(objections);
    throw error;
  } finally {
    context.log(`planned for: ${intent?.description ?? context.run.request.message}`, 'debug');
  }
}

/** What is asked for, with all that was said since. */
function wishOf(context: StageContext): string {
  const { request, context: facts } = context.run;
  const intent = required(context, 'intent');
  const parts = [`The person asks: ${request.message}`, `Understood as: ${intent.description}`];
  for (const { question, answer } of facts.answers ?? [])
    parts.push(`Asked "${question}", the person answered: ${answer}`);
  for (const constraint of intent.constraints) parts.push(`Constraint: ${constraint}`);
  for (const said of facts.steering ?? []) parts.push(`The person also said: ${said}`);
  if (facts.plan !== undefined) {
    const reasons = (facts.revisions ?? []).map(
      ({ fromRevision, reason }) => `Revision ${fromRevision} was sent back: ${reason}`,
    );
    parts.push(
      `The plan before was:\n${planText(facts.plan.plan)}`,
      ...reasons,
      'Propose a plan that answers this.',
    );
  }
  return parts.join('\n');
}

/** What a person writes stands; a file that is not there is one to create. */
function asWritten(
  context: StageContext,
  tasks: readonly PlanTask[],
  files: readonly string[],
): PlanTask[] {
  const tracked = new Set(files);
  return tasks.map((task) => {
    const added = task.files.filter((path) => !tracked.has(path));
    if (added.length > 0) context.log(`${task.id} creates ${listed(added)}`, 'warning');
    return added.length === 0 ? task : { ...task, new_files: added };
  });
}

function testFiles(graph: ProjectGraph): string[] {
  return graph.modules.filter(({ kind }) => kind.includes('test')).map(({ path }) => path);
}

function unfit(wrong: readonly string[]): HilError {
  return new HilError(
    'validation_error',
    `the model's plan does not fit the repository, also after being told so: ${listed(wrong, 4)}. Say more precisely what you want, or name the files`,
  );
}
