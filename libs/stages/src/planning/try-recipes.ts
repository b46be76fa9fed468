import { executeRecipe } from '@hil/code-editing';
import type { PlanTask } from '@hil/contracts';
import type { Worktree } from '@hil/version-control';
import type { StageContext } from '@hil/workflow';
import { baseBlobs } from '../shared/base-blobs.js';
import { graphAt, readProjectGraph } from '../shared/project-graph.js';
import { listed } from '../shared/requirements.js';
import type { StageServices } from '../shared/stage-services.js';
import type { WantedTask } from './wanted-tasks.js';

/** Where recipes are tried. */
interface Trial {
  services: StageServices;
  context: StageContext;
  worktree: Worktree;
  baseSha: string;
}

/**
 * Carries recipes out one after the other in a scratch tree. Answers the tasks they come to, with exactly the files
 * that they change, and which of those are gone in the end.
 */
export async function tryRecipes(
  { services, context, worktree, baseSha }: Trial,
  wanted: readonly WantedTask[],
): Promise<{ tried: PlanTask[]; gone: Set<string> }> {
  const tasks: PlanTask[] = [];
  const gone = new Set<string>();
  let graph = await graphAt(services, context, baseSha, worktree);
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
      (await worktree.commitAll({ message: 'dry run', author: scratch, date: new Date(0) })) ?? sha;
    graph = await readProjectGraph(services, context, worktree, sha);
  }
  return { tried: tasks, gone };
}

/**
 * A task that a person wrote stays as written: its files are what an approval allows. What carrying it
 * out showed is added to what it says of itself.
 */
export function asWritten(
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
