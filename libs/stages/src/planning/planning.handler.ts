import { randomUUID } from 'node:crypto';
import { executeRecipe } from '@hil/code-editing';
import { type Plan, type PlanTask, type StageJob } from '@hil/contracts';
import { assessImpact } from '@hil/knowledge-graph';
import {
  type ChangeRecipe,
  isChangeRecipe,
  parseRecipes,
  recipeCommit,
} from '@hil/language-models';
import { type StageJobContext } from '@hil/messaging';
import { sensitiveKind } from '@hil/verification';
import { type Worktree } from '@hil/version-control';
import {
  type StageContext,
  type StageExecutor,
  type StageHandler,
  type StageResult,
  planHash,
} from '@hil/workflow';
import { Controller, Inject } from '@nestjs/common';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import { graphAt, readProjectGraph } from '../shared/project-graph.js';
import { listed, required } from '../shared/requirements.js';
import { STAGE_EXECUTOR, STAGE_SERVICES, type StageServices } from '../shared/stage-services.js';
import { targetsIn } from '../shared/targets.js';
import { decideApproval } from './approval-policy.js';
import { criteriaFor } from './criteria.js';

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
    const { recipes, reason } = this.recipesFor(context);
    const tasks = await this.services.repositories.withWorktree(
      context,
      repository.baseSha,
      (worktree) => this.dryRun(context, worktree, repository.baseSha, recipes),
    );
    const plan = this.planOf(context, tasks, recipes, repository.baseSha, reason);
    return this.propose(context, plan);
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

  private recipesFor(context: StageContext): {
    recipes: ChangeRecipe[];
    reason: string | undefined;
  } {
    const previous = context.run.context.plan;
    const revision = context.run.context.revisions?.at(-1);
    const asked = parseRecipes(context.run.request.message).recipes.filter(isChangeRecipe);
    if (previous === undefined || revision === undefined)
      return { recipes: asked, reason: undefined };
    const replacement = parseRecipes(revision.reason).recipes.filter(isChangeRecipe);
    if (replacement.length > 0) {
      context.log(`the reason holds ${replacement.length} recipes; they replace the tasks`);
      return { recipes: replacement, reason: revision.reason };
    }
    context.log(
      'the recipes planner takes changes only as recipe lines; the reason holds none, so the tasks repeat as a new revision',
      'warning',
    );
    const repeated = previous.plan.flatMap(({ task }) =>
      parseRecipes(task).recipes.filter(isChangeRecipe),
    );
    return { recipes: repeated.length > 0 ? repeated : asked, reason: revision.reason };
  }

  private async dryRun(
    context: StageContext,
    worktree: Worktree,
    baseSha: string,
    recipes: readonly ChangeRecipe[],
  ): Promise<PlanTask[]> {
    const tasks: PlanTask[] = [];
    let graph = await graphAt(this.services, context, baseSha, worktree);
    let sha = baseSha;
    for (const [index, recipe] of recipes.entries()) {
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
      });
      context.log(
        `task-${index + 1}: ${recipe.line.split('\n')[0] ?? ''}: ${listed(plan.changes, 3)}`,
      );
      if (index === recipes.length - 1) break;
      // The next recipe sees what this one made, as it will when the editor works.
      await overlay.write();
      const scratch = { name: 'hil', email: 'hil@localhost' };
      sha =
        (await worktree.commitAll({ message: 'dry run', author: scratch, date: new Date(0) })) ??
        sha;
      graph = await readProjectGraph(this.services, context, worktree, sha);
    }
    return tasks;
  }

  private planOf(
    context: StageContext,
    tasks: PlanTask[],
    recipes: readonly ChangeRecipe[],
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
      acceptance_criteria: criteriaFor(recipes, tasks),
      migrations: files.filter((path) => sensitiveKind(path) === 'migration'),
      commit: recipeCommit(recipes),
      ...(reason === undefined ? {} : { reason }),
    };
  }

  private async propose(context: StageContext, plan: Plan): Promise<StageResult> {
    const files = filesOf(plan.plan);
    const intent = required(context, 'intent');
    const graph = await graphAt(this.services, context, plan.base_sha);
    const { paths, symbols } = targetsIn(graph, intent.target_modules);
    // Now that the files are known, the card can show what the whole plan reaches.
    const impact = assessImpact(graph, { targets: paths, symbols, plannedFiles: files });
    await context.checkpoint({ context: { impact } });
    const decision = decideApproval(
      { files, impact, humanApproval: intent.human_approval },
      this.services.config.agent,
    );
    const message = `Plan revision ${plan.revision}: ${plan.plan.length} ${plan.plan.length === 1 ? 'task' : 'tasks'}, ${files.length} ${files.length === 1 ? 'file' : 'files'}, ${impact.risk} risk.`;
    if (!decision.ask) {
      return { event: { type: 'plan_proposed', plan, message, autoApproved: decision.reason } };
    }
    return {
      event: {
        type: 'plan_proposed',
        plan,
        message: `${message} Waiting for approval (${listed(decision.reasons)}).`,
      },
    };
  }
}

function filesOf(tasks: readonly PlanTask[]): string[] {
  return [...new Set(tasks.flatMap((task) => task.files))].sort();
}
