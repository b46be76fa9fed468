import { secretValues } from '@hil/config';
import { HilError, type PlanTask, type StageJob } from '@hil/contracts';
import { recipeCommit } from '@hil/language-models';
import { type StageJobContext } from '@hil/messaging';
import { type Worktree, branchNameFor } from '@hil/version-control';
import {
  type EditProgress,
  type StageContext,
  type StageExecutor,
  type StageHandler,
  type StageResult,
} from '@hil/workflow';
import { Controller, Inject } from '@nestjs/common';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import { graphAt } from '../shared/project-graph.js';
import { recipeSymbols } from '../shared/recipe-symbols.js';
import { required } from '../shared/requirements.js';
import { isModelRun, withinBudget } from '../shared/run-models.js';
import { recipeOfTask } from '../shared/task-recipe.js';
import { STAGE_EXECUTOR, STAGE_SERVICES, type StageServices } from '../shared/stage-services.js';
import { baseOf, finalChanges, storedChange, taskChanges } from '../shared/stored-change.js';
import { commitMessage, modelCommit } from './commit-message.js';
import { dropHunks, openReview } from './drop-hunks.js';
import { requireExpected } from './expected-edits.js';
import { sayUnformatted } from './formatter.js';
import { gateEdits } from './gate-edits.js';
import { modelEdits } from './model-editor.js';
import { failureMark, repairTask } from './repair-task.js';
import { recipeEdits } from './recipe-edits.js';
import { ScopeExceeded } from './scope-exceeded.js';
import { specificationTask } from './specification.js';
import { GoalChanged } from './steering.js';

/**
 * Carries out the approved tasks, one commit each. After each task the commits are stored with the
 * run, so that another worker goes on after the last one finished.
 */
@Controller()
export class EditingHandler implements StageHandler {
  readonly stage = 'editing';

  constructor(
    @Inject(STAGE_SERVICES) private readonly services: StageServices,
    @Inject(STAGE_EXECUTOR) private readonly executor: StageExecutor,
  ) {}

  @MessagePattern('editing')
  handle(@Payload() job: StageJob, @Ctx() { signal }: StageJobContext): Promise<void> {
    return this.executor.execute(job, this, signal);
  }

  run(context: StageContext): Promise<StageResult> {
    return withinBudget(() => this.edit(context));
  }

  private async edit(context: StageContext): Promise<StageResult> {
    const plan = required(context, 'plan');
    const approved = required(context, 'approved');
    if (approved.planHash !== plan.plan_hash || approved.baseSha !== plan.base_sha) {
      throw new HilError(
        'approval_stale',
        'the approval is not of the plan that is about to be carried out; nothing was changed',
      );
    }
    const begun = context.run.context.edit;
    const given = await this.repairGivenUp(context);
    if (given !== null) return { event: { type: 'repair_given_up', reason: given } };
    const review = openReview(context);
    if (review !== null && begun !== undefined) {
      const edit = await this.services.repositories.withWorktree(
        context,
        begun.headSha,
        (worktree) => dropHunks(this.services, context, worktree, review),
      );
      return { event: { type: 'edited', edit } };
    }
    let edit = begun;
    if (edit === undefined) {
      const base = await this.services.repositories.baseNow(context, {
        files: plan.plan.flatMap(({ files }) => files),
        symbols: recipeSymbols(plan.plan),
      });
      if (base.state === 'touched') return { event: { type: 'base_moved', reason: base.reason } };
      edit = await this.begin(context, base.state === 'moved' ? base.sha : plan.base_sha);
    }
    try {
      const from = edit;
      edit = await this.services.repositories.withWorktree(context, from.headSha, (worktree) =>
        this.carryOut(context, worktree, from),
      );
    } catch (error) {
      if (error instanceof GoalChanged)
        return { event: { type: 'goal_changed', reason: error.said } };
      if (!(error instanceof ScopeExceeded)) throw error;
      const { files, edits, message } = error;
      return { event: { type: 'scope_exceeded', files, message, ...(edits ? { edits } : {}) } };
    }
    return { event: { type: 'edited', edit } };
  }

  /** Fixes branch and date before the first commit, so that every attempt makes the same commits. */
  private async begin(context: StageContext, base: string): Promise<EditProgress> {
    const plan = required(context, 'plan');
    // A person may have edited the tasks since the planner named the commit.
    const commit = this.byRecipes(context)
      ? recipeCommit(plan.plan.map(recipeOfTask))
      : plan.commit;
    const edit: EditProgress = {
      branch: branchNameFor({
        type: commit.type,
        scope: commit.scope,
        subject: commit.subject,
        runId: context.run.id,
      }),
      headSha: base,
      ...(base === plan.base_sha ? {} : { baseSha: base }),
      startedAt: new Date().toISOString(),
      tasksDone: [],
      commits: [],
      files: [],
    };
    if (base === plan.base_sha) {
      await context.checkpoint({ context: { edit } });
      return edit;
    }
    const repository = await this.services.repositories.rebase(context, base);
    const message = `${repository.baseBranch} moved to ${base.slice(0, 12)} and left the plan's files and symbols alone; the change is made on it.`;
    await context.checkpoint({
      context: { edit, repository },
      updates: [{ type: 'status', data: { state: 'editing', message } }],
    });
    return edit;
  }

  private codeEdits(context: StageContext): boolean {
    return required(context, 'approved').codeEdits && this.services.config.agent.codeEdits;
  }

  /** Why the repair that testing asked for is not tried, or null. */
  private async repairGivenUp(context: StageContext): Promise<string | null> {
    const { repair, repairBegun } = context.run.context;
    if (repair === undefined) return null;
    if (!isModelRun(this.services, context) || !this.codeEdits(context)) {
      // Recipes are deterministic: doing them again makes the same commits.
      return 'Recipes can only do what their line says, so they cannot repair this; with a model (LLM_MODEL) the editor tries to.';
    }
    const failures = failureMark(repair);
    if (repairBegun?.failures === failures && repairBegun.attempt !== repair.attempt)
      return 'The same failure came back after a repair, so no further one is tried.';
    await context.checkpoint({
      context: { repairBegun: { attempt: repair.attempt, failures } },
    });
    return null;
  }

  /** Whether each task is a recipe; a specification is one, whoever planned it. */
  private byRecipes(context: StageContext): boolean {
    return this.codeEdits(context) && !isModelRun(this.services, context);
  }

  private async carryOut(
    context: StageContext,
    worktree: Worktree,
    begun: EditProgress,
  ): Promise<EditProgress> {
    const plan = required(context, 'plan');
    const codeEdits = this.codeEdits(context);
    const repair = codeEdits ? repairTask(context) : null;
    const tasks = codeEdits
      ? [...plan.plan, ...(repair === null ? [] : [repair])]
      : [specificationTask(context)];
    let edit = begun;
    for (const task of tasks) {
      if (edit.tasksDone.includes(task.id)) continue;
      context.signal.throwIfAborted();
      context.log(`${task.id}: ${task.task.split('\n')[0] ?? ''}`);
      edit = await this.carryOutTask(context, worktree, edit, task, codeEdits);
    }
    return this.showWhole(context, worktree, edit);
  }

  /** The change as a whole, after its last task; once, whatever dies. */
  private async showWhole(
    context: StageContext,
    worktree: Worktree,
    edit: EditProgress,
  ): Promise<EditProgress> {
    // A repair adds to a change that was shown: then it is another one.
    if (edit.shown === true) return edit;
    await sayUnformatted(context, worktree, edit.headSha);
    const base = baseOf(required(context, 'plan'), edit);
    const shown = { ...edit, shown: true };
    const updates = await finalChanges(worktree, base, edit.headSha);
    await context.checkpoint({ context: { edit: shown }, updates });
    return shown;
  }

  private async carryOutTask(
    context: StageContext,
    worktree: Worktree,
    edit: EditProgress,
    task: PlanTask,
    codeEdits: boolean,
  ): Promise<EditProgress> {
    const plan = required(context, 'plan');
    const files = (await worktree.listFiles(edit.headSha)).map(({ path }) => path);
    const graph = await graphAt(this.services, context, edit.headSha, worktree);
    const approvedFiles = [
      ...(codeEdits ? plan.plan.flatMap((each) => each.files) : task.files),
      ...(context.run.context.extraFiles ?? []),
    ];
    const byModel = codeEdits && isModelRun(this.services, context);
    const made = byModel
      ? await modelEdits({
          context,
          services: this.services,
          worktree,
          graph,
          files,
          task,
          approvedFiles,
        })
      : await recipeEdits(context, task, { root: worktree.path, files, graph });
    const { overlay, expectedDeletions } = made;
    const secrets = secretValues(this.services.config);
    await gateEdits(overlay, { approvedFiles, expectedDeletions }, secrets);
    if ('expected' in made) requireExpected(context, task, made.expected);
    await overlay.write();
    const commit = codeEdits
      ? 'summary' in made
        ? modelCommit(plan, task)
        : { ...plan.commit, ...recipeCommit([recipeOfTask(task)]) }
      : { type: 'docs' as const, scope: '', subject: `specify: ${plan.commit.subject}` };
    const { git } = this.services.config;
    const before = edit.headSha;
    const sha = await worktree.commitAll({
      message: commitMessage({ commit, task, runId: context.run.id }),
      author: { name: git.userName, email: git.userEmail },
      date: new Date(edit.startedAt),
    });
    if (sha === null && byModel && (edit.commits.length > 0 || plan.plan.length > 1)) {
      context.log(`${task.id} changed nothing`, 'warning');
      const skipped = { ...edit, tasksDone: [...edit.tasksDone, task.id] };
      await context.checkpoint({ context: { edit: skipped } });
      return skipped;
    }
    if (sha === null) {
      throw new HilError(
        'validation_error',
        `${task.id} changes nothing: the repository is already as "${task.task.split('\n')[0] ?? ''}" wants it`,
      );
    }
    const next: EditProgress = {
      ...edit,
      shown: false,
      headSha: sha,
      tasksDone: [...edit.tasksDone, task.id],
      commits: [...edit.commits, { sha, taskId: task.id, subject: subjectOf(commit) }],
      files: (await worktree.changedFiles(baseOf(plan, edit), sha)).map(
        ({ path, status, additions, deletions }) => ({ path, status, additions, deletions }),
      ),
    };
    const mended =
      'summary' in made && context.run.context.repair !== undefined
        ? { failures: context.run.context.tests?.new_failures ?? [], summary: made.summary }
        : undefined;
    await context.checkpoint({
      context: { edit: next, ...(mended === undefined ? {} : { repaired: mended }) },
      artifacts: await storedChange(worktree, baseOf(plan, edit), next),
      updates: await taskChanges(worktree, before, sha, task.id),
    });
    return next;
  }
}

function subjectOf({
  type,
  scope,
  subject,
}: {
  type: string;
  scope: string;
  subject: string;
}): string {
  return `${type}${scope === '' ? '' : `(${scope})`}: ${subject}`;
}
