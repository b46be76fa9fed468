import { didYouMean, repositoryPath, suggest } from '@hil/code-editing';
import {
  HilError,
  type Intent,
  type PlanTask,
  type ProjectGraph,
  type ProposedPlan,
} from '@hil/contracts';
import { GraphQueries, isTestPath, languageOf } from '@hil/knowledge-graph';
import { namedSymbols } from '../shared/named-symbols.js';

/** What is wrong with a proposed plan. */
export interface PlanProblems {
  /** It can't be carried out like this. */
  wrong: string[];
  /** It lacks something that a person may do without. */
  missing: string[];
}

/** Kinds of commits that change what the program does. */
const BEHAVIOUR: ReadonlySet<string> = new Set(['feat', 'fix', 'perf']);

/**
 * Holds a plan against the repository: every file exists or is said to be new, every `path#symbol` is in the
 * graph, and a change of behaviour comes with tests.
 * @param files tracked paths
 */
export function planProblems(
  plan: Pick<ProposedPlan, 'plan' | 'commit'>,
  files: readonly string[],
  graph: ProjectGraph,
  intent: Intent,
): PlanProblems {
  const tracked = new Set(files);
  const created = new Set(plan.plan.flatMap((task) => task.new_files ?? []));
  const queries = new GraphQueries(graph);
  const wrong: string[] = [];
  for (const task of plan.plan) {
    const named = [...task.files, ...(task.new_files ?? [])];
    if (named.length === 0) wrong.push(`${task.id} names no file`);
    for (const path of named) {
      const refusal = refusalOf(path);
      if (refusal !== null) wrong.push(`${task.id}: ${refusal}`);
      else if (!tracked.has(path) && !created.has(path)) {
        wrong.push(
          `${task.id}: ${path} does not exist.${didYouMean(path, files)} If it shall be created, name it in new_files`,
        );
      }
    }
    for (const path of task.new_files ?? [])
      if (tracked.has(path)) wrong.push(`${task.id}: ${path} is in new_files but exists already`);
    wrong.push(...unknownSymbols(task, queries, created));
  }
  const missing = demandsTests(plan, intent)
    ? ['the plan changes behaviour and adds or changes no tests']
    : [];
  return { wrong: [...new Set(wrong)], missing };
}

/** Tasks with ids of their own, paths in one spelling, and new files among the files. */
export function tidied(tasks: readonly PlanTask[]): PlanTask[] {
  const ids = new Set(tasks.map(({ id }) => id));
  return tasks.map((task, index) => {
    const { new_files: added = [], ...rest } = task;
    return {
      ...rest,
      id: ids.size === tasks.length ? task.id : `task-${index + 1}`,
      files: [...new Set([...task.files, ...added])],
      ...(added.length === 0 ? {} : { new_files: [...new Set(added)] }),
    };
  });
}

function refusalOf(path: string): string | null {
  try {
    return repositoryPath(path) === path
      ? null
      : `write ${repositoryPath(path)} instead of ${path}`;
  } catch (error) {
    if (error instanceof HilError) return error.message;
    throw error;
  }
}

/** `src/a.ts#save` in what a task says must be declared there, unless the file is new. */
function unknownSymbols(
  task: PlanTask,
  queries: GraphQueries,
  created: ReadonlySet<string>,
): string[] {
  const problems: string[] = [];
  for (const { path, symbol } of namedSymbols(task)) {
    const module = queries.module(path);
    if (module === undefined || created.has(path)) continue;
    if (queries.symbolInFile(path, symbol) !== undefined) continue;
    const near = suggest(
      symbol,
      queries.symbolsOf(module).map((one) => one.name),
    );
    const hint = near.length > 0 ? `; it has ${near.join(', ')}` : '';
    problems.push(`${task.id}: ${path} declares no ${symbol}${hint}`);
  }
  return problems;
}

function demandsTests(
  { plan, commit }: Pick<ProposedPlan, 'plan' | 'commit'>,
  intent: Intent,
): boolean {
  const behaviour = BEHAVIOUR.has(commit.type) || intent.tests_required.length > 0;
  const code = plan.some(({ files, new_files: added = [] }) =>
    [...files, ...added].some((path) => languageOf(path) !== null && !isTestPath(path)),
  );
  const tested = plan.some(
    ({ files, new_files: added = [], tests }) =>
      tests.length > 0 || [...files, ...added].some((path) => isTestPath(path)),
  );
  return behaviour && code && !tested;
}
