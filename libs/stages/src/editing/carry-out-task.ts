import { secretValues } from '@hil/config';
import { type CommitMeta, HilError, type PlanTask } from '@hil/contracts';
import { recipeCommit } from '@hil/language-models';
import type { Worktree } from '@hil/version-control';
import type { EditProgress, StageContext } from '@hil/workflow';
import { graphAt } from '../shared/project-graph.js';
import { required } from '../shared/requirements.js';
import { isModelRun } from '../shared/run-models.js';
import type { StageServices } from '../shared/stage-services.js';
import { baseOf, storedChange, taskChanges } from '../shared/stored-change.js';
import { recipeOfTask } from '../shared/task-recipe.js';
import { commitMessage, modelCommit } from './commit-message.js';
import { requireAnnounced, requireExpected } from './expected-edits.js';
import { formatEdits } from './format-edits.js';
import { gateEdits } from './gate-edits.js';
import { type ModelEdits, modelEdits } from './model-editor.js';
import { type RecipeEdits, recipeEdits } from './recipe-edits.js';
import { refuseOtherFiles } from './refuse-other-files.js';

/** One task of an approved plan, or what stands in its place. */
export interface TaskAtHand {
  services: StageServices;
  context: StageContext;
  /** Open, and standing on the head of `edit`. */
  worktree: Worktree;
  edit: EditProgress;
  task: PlanTask;
  /** False when the task writes a specification instead. */
  codeEdits: boolean;
}

/**
 * Carries out one task: edits, gates, one commit, and what is stored and shown of it. All of it or nothing.
 * @returns the edit with the task done
 * @throws ScopeExceeded, GoalChanged, or HilError when the edits are refused
 */
export async function carryOutTask(at: TaskAtHand): Promise<EditProgress> {
  const { services, context, worktree, edit, task, codeEdits } = at;
  const plan = required(context, 'plan');
  const made = await editsOf(at);
  await made.overlay.write();
  const { git } = services.config;
  const commit = commitOf(at, made);
  const sha = await worktree.commitAll({
    message: commitMessage({ commit, task, runId: context.run.id }),
    author: { name: git.userName, email: git.userEmail },
    date: new Date(edit.startedAt),
  });
  const tasksDone = [...edit.tasksDone, task.id];
  if (sha === null) {
    const byModel = codeEdits && isModelRun(services, context);
    if (!byModel || (edit.commits.length === 0 && plan.plan.length === 1)) {
      throw new HilError(
        'validation_error',
        `${task.id} changes nothing: the repository is already as "${task.task.split('\n')[0] ?? ''}" wants it`,
      );
    }
    context.log(`${task.id} changed nothing`, 'warning');
    const skipped = { ...edit, tasksDone };
    await context.checkpoint({ context: { edit: skipped } });
    return skipped;
  }
  const base = baseOf(plan, edit);
  const next: EditProgress = {
    ...edit,
    shown: false,
    headSha: sha,
    tasksDone,
    commits: [...edit.commits, { sha, taskId: task.id, subject: subjectOf(commit) }],
    files: (await worktree.changedFiles(base, sha)).map(
      ({ path, status, additions, deletions }) => ({ path, status, additions, deletions }),
    ),
  };
  const mended =
    'summary' in made && context.run.context.repair !== undefined
      ? { failures: context.run.context.tests?.new_failures ?? [], summary: made.summary }
      : undefined;
  await context.checkpoint({
    context: { edit: next, ...(mended === undefined ? {} : { repaired: mended }) },
    artifacts: await storedChange(worktree, base, next),
    updates: await taskChanges(
      worktree,
      { runId: context.run.id, before: edit.headSha, sha },
      task.id,
    ),
  });
  return next;
}

/** The task's edits, judged and not written yet. */
async function editsOf(at: TaskAtHand): Promise<ModelEdits | RecipeEdits> {
  const { services, context, worktree, edit, task, codeEdits } = at;
  const plan = required(context, 'plan');
  const head = await worktree.statesAt(edit.headSha);
  const files = [...head.keys()];
  if (codeEdits) {
    const base = baseOf(plan, edit);
    const before = base === edit.headSha ? head : await worktree.statesAt(base);
    refuseOtherFiles(task, blobs(before));
  }
  const graph = await graphAt(services, context, edit.headSha, worktree);
  const approvedFiles = [
    ...(codeEdits ? plan.plan.flatMap((each) => each.files) : task.files),
    ...(context.run.context.extraFiles ?? []),
  ];
  const made =
    codeEdits && isModelRun(services, context)
      ? await modelEdits({ context, services, worktree, graph, files, task, approvedFiles })
      : await recipeEdits(context, task, { root: worktree.path, files, graph });
  const { overlay, expectedDeletions } = made;
  const secrets = secretValues(services.config);
  const gate = () => gateEdits(overlay, { approvedFiles, expectedDeletions }, secrets);
  await gate();
  // What the repository's formatter makes of the files is judged as the edits are.
  const verbatim = 'verbatim' in made && made.verbatim;
  if (codeEdits && (await formatEdits(at, overlay, verbatim))) await gate();
  if ('expected' in made) requireExpected(context, task, made.expected);
  else requireAnnounced(context, task, made.unannounced);
  return made;
}

function commitOf(
  { context, task, codeEdits }: TaskAtHand,
  made: ModelEdits | RecipeEdits,
): CommitMeta {
  const plan = required(context, 'plan');
  if (!codeEdits) return { type: 'docs', scope: '', subject: `specify: ${plan.commit.subject}` };
  return 'summary' in made
    ? modelCommit(plan, task)
    : { ...plan.commit, ...recipeCommit([recipeOfTask(task)]) };
}

function subjectOf({ type, scope, subject }: CommitMeta): string {
  return `${type}${scope === '' ? '' : `(${scope})`}: ${subject}`;
}

function blobs(states: ReadonlyMap<string, { blob: string }>): Map<string, string> {
  return new Map([...states].map(([path, { blob }]) => [path, blob]));
}
