import { HilError, type StageJob } from '@hil/contracts';
import { type StageJobContext } from '@hil/messaging';
import { type Worktree } from '@hil/version-control';
import {
  type EditProgress,
  type StageContext,
  type StageExecutor,
  type StageHandler,
  type StageResult,
} from '@hil/workflow';
import { Controller, Inject } from '@nestjs/common';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import { symbolsOf } from '../shared/plan-symbols.js';
import { required } from '../shared/requirements.js';
import { isModelRun, withinBudget } from '../shared/run-models.js';
import { STAGE_EXECUTOR, STAGE_SERVICES, type StageServices } from '../shared/stage-services.js';
import { baseOf, finalChanges } from '../shared/stored-change.js';
import { beginEditing } from './begin-editing.js';
import { carryOutTask } from './carry-out-task.js';
import { dropHunks, openReview } from './drop-hunks.js';
import { hearingTask } from './hearing-task.js';
import { failureMark, repairTask } from './repair-task.js';
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
        symbols: symbolsOf(plan.plan),
      });
      if (base.state === 'touched') return { event: { type: 'base_moved', reason: base.reason } };
      const from = base.state === 'moved' ? base.sha : plan.base_sha;
      edit = await beginEditing(this.services, context, from, this.byRecipes(context));
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
    const asked = repairTask(context) ?? hearingTask(context);
    const tasks = codeEdits
      ? [...plan.plan, ...(asked === null ? [] : [asked])]
      : [specificationTask(context)];
    let edit = begun;
    for (const task of tasks) {
      if (edit.tasksDone.includes(task.id)) continue;
      context.signal.throwIfAborted();
      context.log(`${task.id}: ${task.task.split('\n')[0] ?? ''}`);
      edit = await carryOutTask({
        services: this.services,
        context,
        worktree,
        edit,
        task,
        codeEdits,
      });
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
    const base = baseOf(required(context, 'plan'), edit);
    const shown = { ...edit, shown: true };
    const updates = await finalChanges(worktree, {
      runId: context.run.id,
      before: base,
      sha: edit.headSha,
    });
    await context.checkpoint({ context: { edit: shown }, updates });
    return shown;
  }
}
