import { randomUUID } from 'node:crypto';
import { HilError, type Intent, type Plan, type PlanTask, type StageJob } from '@hil/contracts';
import { assessImpact } from '@hil/knowledge-graph';
import { type ChangeRecipe, recipeCommit } from '@hil/language-models';
import { type StageJobContext } from '@hil/messaging';
import { sensitiveKind } from '@hil/verification';
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
import { graphAt } from '../shared/project-graph.js';
import { listed, required } from '../shared/requirements.js';
import { isModelRun, withinBudget } from '../shared/run-models.js';
import { STAGE_EXECUTOR, STAGE_SERVICES, type StageServices } from '../shared/stage-services.js';
import { targetsIn } from '../shared/targets.js';
import { decideApproval } from './approval-policy.js';
import { continuedPlan } from './continued-plan.js';
import { criteriaFor } from './criteria.js';
import { modelPlan } from './model-plan.js';
import { asWritten, tryRecipes } from './try-recipes.js';
import { type WantedPlan, previousTasks, wantedPlan } from './wanted-tasks.js';

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
      tryRecipes({ services: this.services, context, worktree, baseSha }, wanted),
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
    proposed: Plan,
    estimate?: RunContext['estimate'],
  ): Promise<StageResult> {
    const plan = await continuedPlan(this.services, context, proposed);
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
    const { change } = plan;
    const of = change === undefined ? '' : `Revision ${change.revision} of ${change.pr_url}. `;
    const message = `${of}Plan revision ${plan.revision}: ${plan.plan.length} ${plan.plan.length === 1 ? 'task' : 'tasks'}, ${files.length} ${files.length === 1 ? 'file' : 'files'}, ${impact.risk} risk.`;
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
