import { randomUUID } from 'node:crypto';
import { executeRecipe } from '@hil/code-editing';
import { HilError, type Intent, type Plan, type PlanTask, type StageJob } from '@hil/contracts';
import { assessImpact } from '@hil/knowledge-graph';
import { type ChangeRecipe, recipeCommit } from '@hil/language-models';
import { type StageJobContext } from '@hil/messaging';
import { sensitiveKind } from '@hil/verification';
import { type Worktree } from '@hil/version-control';
import {
  type RunContext,
  type StageContext,
  type StageExecutor,
  type StageHandler,
  type StageResult,
  planHash,
} from '@hil/workflow';
import { Controller, Inject } from '@nestjs/common';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import { baseBlobs } from '../shared/base-blobs.js';
import { graphAt, readProjectGraph } from '../shared/project-graph.js';
import { listed, required } from '../shared/requirements.js';
import { isModelRun, withinBudget } from '../shared/run-models.js';
import { STAGE_EXECUTOR, STAGE_SERVICES, type StageServices } from '../shared/stage-services.js';
import { targetsIn } from '../shared/targets.js';
import { decideApproval } from './approval-policy.js';
import { criteriaFor } from './criteria.js';
import { modelPlan } from './model-plan.js';
import { type WantedPlan, type WantedTask, previousTasks, wantedPlan } from './wanted-tasks.js';

/**
 * Makes the plan that a person decides on. Each recipe is carried out in a scratch tree, so the plan
 * names exactly the files that the editor will change.
 */
@Controller()
export class PlanningHandler implements StageHandler {
  readonly stage = 'planning';

  constructor(
    @Inject(STAGE_SERVICES) private readonly services: StageServices,
    @Inject(STAGE_EXECUTOR) private readonly executor: StageExecutor,
  ) {}

  @MessagePattern('planning')
  handle(@Payload() job: StageJob, @Ctx() { signal }: StageJobContext): Promise<void> {
    return this.executor.execute(job, this, signal);
  }

  async run(context: StageContext): Promise<StageResult> {
    const repository = await this.currentBase(context);
    if (isModelRun(this.services, context)) {
      return withinBudget(() => this.byModel(context, repository.baseSha));
    }
    try {
      const wanted = wantedPlan(context);
      return await this.plan(context, repository.baseSha, wanted);
    } catch (error) {
      const sentBack = context.run.context.revisions !== undefined;
      if (!sentBack || !(error instanceof HilError) || error.code !== 'validation_error')
        throw error;
      // What a person asked for instead can't be done: what stood before stands again, to be decided on.
      context.log(`the changed plan was not taken: ${error.message}`, 'warning');
      const reason = `the changed plan was not taken: ${error.message}`;
      return this.plan(context, repository.baseSha, { tasks: previousTasks(context), reason });
    }
  }

  private async byModel(context: StageContext, baseSha: string): Promise<StageResult> {
    const { plan, estimate, artifacts } = await this.services.repositories.withWorktree(
      context,
      baseSha,
      (worktree) => modelPlan({ context, services: this.services, worktree, baseSha }),
    );
    const { event } = await this.propose(context, plan, estimate);
    return { event, artifacts };
  }

  private async plan(
    context: StageContext,
    baseSha: string,
    { tasks: wanted, reason }: WantedPlan,
  ): Promise<StageResult> {
    const { repositories } = this.services;
    const { tried, gone } = await repositories.withWorktree(context, baseSha, (worktree) =>
      this.dryRun(context, worktree, baseSha, wanted),
    );
    const recipes = wanted.map(({ recipe }) => recipe);
    const tasks = tried.map((task, index) => asWritten(context, task, wanted[index]?.task));
    const criteria = criteriaFor(recipes, tried, gone);
    return this.propose(context, this.planOf(context, tasks, recipes, criteria, baseSha, reason));
  }

  /** A revision is planned on the commit the base branch has now; the first plan on the one that was read. */
  private async currentBase(context: StageContext): Promise<{ baseSha: string }> {
    const { repository, address } = this.services.repositories.of(context);
    if (context.run.context.revisions === undefined) return repository;
    const { mirrors } = this.services.repositories;
    const tip = await mirrors.sync(address, {
      branch: repository.baseBranch,
      signal: context.signal,
    });
    if (tip.baseSha === repository.baseSha) return repository;
    await mirrors.pin(address, context.run.id, tip.baseSha);
    const moved = { ...repository, baseSha: tip.baseSha };
    await context.checkpoint({ context: { repository: moved } });
    return moved;
  }

  private async dryRun(
    context: StageContext,
    worktree: Worktree,
    baseSha: string,
    wanted: readonly WantedTask[],
  ): Promise<{ tried: PlanTask[]; gone: Set<string> }> {
    const tasks: PlanTask[] = [];
    const gone = new Set<string>();
    let graph = await graphAt(this.services, context, baseSha, worktree);
    let sha = baseSha;
    const base = await worktree.listFiles(baseSha);
    for (const [index, { recipe }] of wanted.entries()) {
      const files = (await worktree.listFiles(sha)).map(({ path }) => path);
      const { overlay, plan } = await executeRecipe(recipe, {
        root: worktree.path,
        files,
        graph,
        signal: context.signal,
      });
      tasks.push({
        id: `task-${index + 1}`,
        task: recipe.line,
        files: plan.files,
        changes: plan.changes,
        tests: plan.tests,
        notes: plan.notes,
        ...(plan.expected === undefined ? {} : { expected: plan.expected }),
        base_blobs: baseBlobs(plan.files, base),
      });
      for (const path of plan.files)
        if (await overlay.exists(path)) gone.delete(path);
        else gone.add(path);
      context.log(`task-${index + 1}: ${listed(plan.changes, 3)}`);
      if (index === wanted.length - 1) break;
      // The next recipe sees what this one made, as it will when the editor works.
      await overlay.write();
      const scratch = { name: 'hil', email: 'hil@localhost' };
      sha =
        (await worktree.commitAll({ message: 'dry run', author: scratch, date: new Date(0) })) ??
        sha;
      graph = await readProjectGraph(this.services, context, worktree, sha);
    }
    return { tried: tasks, gone };
  }

  private planOf(
    context: StageContext,
    tasks: PlanTask[],
    recipes: readonly ChangeRecipe[],
    criteria: string[],
    baseSha: string,
    reason: string | undefined,
  ): Plan {
    const revision = (context.run.context.plan?.revision ?? 0) + 1;
    const files = filesOf(tasks);
    return {
      plan_id: randomUUID(),
      plan_hash: planHash({ tasks, base_sha: baseSha, revision }),
      revision,
      base_sha: baseSha,
      summary:
        tasks.length === 1
          ? (tasks[0]?.task.split('\n')[0] ?? '')
          : `${tasks.length} tasks in ${files.length} files`,
      plan: tasks,
      acceptance_criteria: criteria,
      migrations: files.filter((path) => sensitiveKind(path) === 'migration'),
      commit: recipeCommit(recipes),
      ...(reason === undefined ? {} : { reason }),
    };
  }

  private async propose(
    context: StageContext,
    plan: Plan,
    estimate?: RunContext['estimate'],
  ): Promise<StageResult> {
    const files = filesOf(plan.plan);
    const intent = required(context, 'intent');
    const graph = await graphAt(this.services, context, plan.base_sha);
    const { paths, symbols } = targetsIn(graph, intent.target_modules);
    // Now that the files are known, the card can show what the whole plan reaches.
    const impact = assessImpact(graph, { targets: paths, symbols, plannedFiles: files });
    await context.checkpoint({ context: { impact } });
    const decision = decideApproval(
      {
        files,
        impact,
        humanApproval: intent.human_approval,
        sentBack: context.run.context.revisions !== undefined,
        raisedBy: isModelRun(this.services, context) ? raises(intent) : [],
      },
      this.services.config.agent,
    );
    const estimated = estimate === undefined ? {} : { estimate };
    const message = `Plan revision ${plan.revision}: ${plan.plan.length} ${plan.plan.length === 1 ? 'task' : 'tasks'}, ${files.length} ${files.length === 1 ? 'file' : 'files'}, ${impact.risk} risk.`;
    if (!decision.ask) {
      return {
        event: {
          type: 'plan_proposed',
          plan,
          message,
          autoApproved: decision.reason,
          ...estimated,
        },
      };
    }
    return {
      event: {
        type: 'plan_proposed',
        plan,
        message: `${message} Waiting for approval (${listed(decision.reasons)}).`,
        ...estimated,
      },
    };
  }
}

/** A model can ask for a person, never do without one. */
function raises({ human_approval, risk }: Intent): string[] {
  return [
    ...(human_approval ? ['the request asks for a person'] : []),
    ...(risk === 'high' ? ['the request is of high risk'] : []),
  ];
}

function filesOf(tasks: readonly PlanTask[]): string[] {
  return [...new Set(tasks.flatMap((task) => task.files))].sort();
}

/**
 * A task that a person wrote stays as written: its files are what an approval allows. What carrying it
 * out showed is added to what it says of itself.
 */
function asWritten(
  context: StageContext,
  tried: PlanTask,
  written: PlanTask | undefined,
): PlanTask {
  if (written === undefined) return tried;
  const missing = tried.files.filter((path) => !written.files.includes(path));
  if (missing.length > 0) {
    context.log(
      `${written.id} also changes ${listed(missing)}, which it does not name; editing will ask about that`,
      'warning',
    );
  }
  return {
    ...written,
    changes: written.changes.length > 0 ? written.changes : tried.changes,
    tests: written.tests.length > 0 ? written.tests : tried.tests,
    notes: written.notes === '' ? tried.notes : written.notes,
    ...(tried.expected === undefined ? {} : { expected: tried.expected }),
    ...(tried.base_blobs === undefined ? {} : { base_blobs: tried.base_blobs }),
  };
}
