import { HilError, type Operation } from '@hil/contracts';
import type { ChangeRecipe } from '@hil/language-models';
import picomatch from 'picomatch';
import { applyOperations } from '../operations/apply-operations.js';
import { currentFiles, type EditContext } from '../operations/edit-context.js';
import { occurrences } from '../operations/matching.js';
import { didYouMean } from '../operations/suggest.js';
import { lineEndingOf, withLineEnding } from '../overlay/text-file.js';
import { Overlay } from '../overlay/overlay.js';
import { moveFile } from '../rename/move-file.js';
import { renameSymbol } from '../rename/rename-symbol.js';
import { applyEdits } from '../text/text-edit.js';
import { askTypeScript } from '../typescript/typescript-worker.js';
import { isManifest, lockFiles, versionPlaces } from './bump.js';
import { affectedTests } from './affected-tests.js';
import { locateSymbol } from './locate-symbol.js';
import { setValue } from './set-value.js';
import type { EditWorkspace, LookAlike, RecipePlan } from './workspace.js';

/** What became of a recipe: the edits, held in the overlay, and what people are told. */
export interface RecipeExecution {
  overlay: Overlay;
  plan: RecipePlan;
  lookAlikes: LookAlike[];
}

/** What one kind of recipe reports about itself. */
interface Outcome {
  changes: string[];
  /** Of renames and moves: edits over all files. */
  edits?: number;
  notes?: string[];
  lookAlikes?: LookAlike[];
}

const invalid = (message: string): HilError => new HilError('validation_error', message);
const many = (count: number, one: string, more = `${one}s`): string =>
  `${count} ${count === 1 ? one : more}`;

/**
 * Carries out a recipe on an overlay of the worktree and writes nothing: the caller runs the gates and then
 * `overlay.write()`.
 * @throws HilError `validation_error` when a precondition fails; the sentence says which and what to do
 */
export async function executeRecipe(
  recipe: ChangeRecipe,
  workspace: EditWorkspace,
): Promise<RecipeExecution> {
  workspace.signal.throwIfAborted();
  const overlay = await Overlay.open(workspace.root);
  const context: EditContext = {
    overlay,
    files: workspace.files,
    graph: workspace.graph,
    signal: workspace.signal,
  };
  const outcome = await perform(recipe, context);
  const changed = await overlay.changedFiles();
  const paths = new Set(
    changed.flatMap(({ path, from }) => (from === undefined ? [path] : [from, path])),
  );
  const files = [...paths].sort();
  if (files.length === 0)
    throw invalid(`"${recipe.line.split('\n')[0] ?? ''}" changes nothing: it is so already.`);
  const tests = affectedTests(workspace.graph, files);
  const plan: RecipePlan = {
    files,
    changes: outcome.changes,
    tests,
    notes: (outcome.notes ?? []).join(' '),
    ...(outcome.edits === undefined
      ? {}
      : { expected: { edits: outcome.edits, files: files.length } }),
  };
  return { overlay, plan, lookAlikes: outcome.lookAlikes ?? [] };
}

/** What {@link executeRecipe} would change, by the same code; the worktree is only read. */
export async function planRecipe(
  recipe: ChangeRecipe,
  workspace: EditWorkspace,
): Promise<RecipePlan> {
  return (await executeRecipe(recipe, workspace)).plan;
}

function perform(recipe: ChangeRecipe, context: EditContext): Promise<Outcome> {
  switch (recipe.kind) {
    case 'rename':
      return rename(recipe, context);
    case 'replace':
      return replace(recipe, context);
    case 'set':
      return set(recipe, context);
    case 'bump':
      return bump(recipe, context);
    case 'create_file':
      return create(recipe, context);
    case 'append':
      return append(recipe, context);
    case 'delete_file':
      return remove(recipe, context);
    case 'move_file':
      return move(recipe, context);
    case 'remove_unused_export':
      return removeExport(recipe, context);
  }
}

type Of<K extends ChangeRecipe['kind']> = Extract<ChangeRecipe, { kind: K }>;

/** The existing file a recipe names. */
async function existing(path: string, context: EditContext): Promise<string> {
  if (await context.overlay.exists(path)) return path;
  throw invalid(`${path} does not exist.${didYouMean(path, currentFiles(context))}`);
}

async function rename(recipe: Of<'rename'>, context: EditContext): Promise<Outcome> {
  const { symbol, newName } = recipe;
  const path =
    recipe.path === undefined
      ? locateSymbol(symbol, context.graph)
      : await existing(recipe.path, context);
  const result = await renameSymbol({ path, symbol, newName }, context);
  const changes = [
    `Rename ${symbol} to ${newName}: ${many(result.count, 'place')} in ${many(result.files.length, 'file')}.`,
  ];
  for (const file of result.files)
    changes.push(`${file.path}: ${many(file.edits.length, 'place')}.`);
  const notes = [...result.notes];
  if (result.lookAlikeCount > 0) {
    const listed = result.lookAlikes
      .map((alike) => `${alike.path}:${alike.line} (${alike.text})`)
      .join('; ');
    const rest = result.lookAlikeCount - result.lookAlikes.length;
    notes.push(
      `Not touched, only alike (${many(result.lookAlikeCount, 'line')}): ${listed}${rest > 0 ? `; and ${rest} more` : ''}.`,
    );
  }
  return { changes, notes, edits: result.count, lookAlikes: result.lookAlikes };
}

const IS_GLOB = /[*?{}[\]!]/;

/** The files a path or glob names: an existing path is itself, whatever characters it has. */
async function targets(target: string, context: EditContext): Promise<string[]> {
  const files = currentFiles(context).sort();
  if (files.includes(target)) return [target];
  if (!IS_GLOB.test(target)) {
    const inside = files.filter((path) => path.startsWith(`${target.replace(/\/$/, '')}/`));
    return inside.length > 0 ? inside : [await existing(target, context)];
  }
  const matches = picomatch(target, { dot: true });
  const found = files.filter((path) => matches(path));
  if (found.length === 0) throw invalid(`No file of the repository matches ${target}.`);
  return found;
}

async function replace(
  { search, replacement, target }: Of<'replace'>,
  context: EditContext,
): Promise<Outcome> {
  const changes: string[] = [];
  let total = 0;
  const paths = await targets(target, context);
  for (const path of paths) {
    context.signal.throwIfAborted();
    const text = await context.overlay.tryRead(path);
    if (text === null) continue;
    const ending = lineEndingOf(text);
    const wanted = withLineEnding(search, ending);
    const found = occurrences(text, wanted);
    if (found.length === 0) continue;
    const edits = found.map((start) => ({
      start,
      end: start + wanted.length,
      text: withLineEnding(replacement, ending),
    }));
    await context.overlay.replaceText(path, applyEdits(text, edits));
    total += found.length;
    changes.push(`${path}: ${many(found.length, 'replacement')}.`);
  }
  if (total === 0)
    throw invalid(
      `${JSON.stringify(search)} is not in ${paths.length === 1 ? paths[0] : `any of the ${paths.length} files of ${target}`}. The text must match exactly, also in case.`,
    );
  const summary = `Replace ${JSON.stringify(search)} with ${JSON.stringify(replacement)}: ${many(total, 'place')} in ${many(changes.length, 'file')}.`;
  return { changes: [summary, ...changes] };
}

async function set({ key, value, path }: Of<'set'>, context: EditContext): Promise<Outcome> {
  const file = await existing(path, context);
  const { text, before } = setValue(file, await context.overlay.read(file), key, value);
  await context.overlay.replaceText(file, text);
  const was = before === undefined ? 'which was not set' : `which was ${before.slice(0, 200)}`;
  return { changes: [`Set ${key.join('.')} in ${file} to ${JSON.stringify(value)}, ${was}.`] };
}

async function bump(
  { package: name, version }: Of<'bump'>,
  context: EditContext,
): Promise<Outcome> {
  const changes: string[] = [];
  const files = currentFiles(context).sort();
  for (const path of files.filter(isManifest)) {
    const text = await context.overlay.tryRead(path);
    const places = text === null ? [] : versionPlaces(path, text, name, version);
    if (text === null || places.length === 0) continue;
    await context.overlay.replaceText(path, applyEdits(text, places));
    const from = [...new Set(places.map(({ before }) => before))].join(', ');
    changes.push(`Bump ${name} in ${path} from ${from} to ${places[0]?.text ?? version}.`);
  }
  if (changes.length === 0)
    throw invalid(
      `No manifest of the repository gives a version of ${name} (package.json, requirements*.txt, pyproject.toml, pom.xml, .csproj were searched).`,
    );
  const locks = lockFiles(files);
  const notes = locks.length > 0 ? [`Lock files are not updated: ${locks.join(', ')}.`] : [];
  return { changes, notes };
}

/** Runs one operation and turns its failure into an error. */
async function operate(operation: Operation, context: EditContext): Promise<void> {
  const { results } = await applyOperations(context.overlay, [operation], context);
  const failed = results.find(({ ok }) => !ok);
  if (failed) throw invalid(failed.message ?? `${operation.op} failed on ${operation.path}.`);
}

async function create(
  { path, content }: Of<'create_file'>,
  context: EditContext,
): Promise<Outcome> {
  const twin = currentFiles(context).find(
    (file) => file !== path && file.toLowerCase() === path.toLowerCase(),
  );
  if (twin !== undefined) throw invalid(`${twin} exists already and differs only in case.`);
  await operate({ op: 'create_file', path, content }, context);
  return { changes: [`Create ${path} with ${many(lineCount(content), 'line')}.`] };
}

const lineCount = (content: string): number =>
  content === '' ? 0 : content.replace(/\n$/, '').split('\n').length;

async function append({ path, content }: Of<'append'>, context: EditContext): Promise<Outcome> {
  const file = await existing(path, context);
  const text = await context.overlay.read(file);
  const ending = lineEndingOf(text);
  const head = text === '' || text.endsWith('\n') ? text : `${text}${ending}`;
  await context.overlay.replaceText(file, head + withLineEnding(content, ending));
  return { changes: [`Append ${many(lineCount(content), 'line')} to ${file}.`] };
}

async function remove({ path }: Of<'delete_file'>, context: EditContext): Promise<Outcome> {
  const file = await existing(path, context);
  await operate({ op: 'delete_file', path: file }, context);
  const { modules, edges } = context.graph;
  const own = modules.find((module) => module.path === file);
  const importers = own
    ? edges
        .filter((edge) => edge.type === 'imports' && edge.to === own.id)
        .map(({ from }) => modules.find(({ id }) => id === from)?.path ?? from)
    : [];
  const unique = [...new Set(importers)].sort();
  const notes =
    unique.length > 0
      ? [
          `Still imported by ${many(unique.length, 'file')}: ${unique.slice(0, 10).join(', ')}${unique.length > 10 ? ', ...' : ''}.`,
        ]
      : [];
  return { changes: [`Delete ${file}.`], notes };
}

async function move({ path, to }: Of<'move_file'>, context: EditContext): Promise<Outcome> {
  const file = await existing(path, context);
  const target = to.endsWith('/') ? `${to}${file.split('/').at(-1) ?? ''}` : to;
  const { rewritten, notes } = await moveFile(file, target, context);
  const changes = [`Move ${file} to ${target}.`];
  for (const { path: importer, count } of rewritten)
    changes.push(`${importer === file ? target : importer}: ${many(count, 'import')} rewritten.`);
  return { changes, notes, edits: rewritten.reduce((sum, { count }) => sum + count, 0) };
}

async function removeExport(
  { symbol, path }: Of<'remove_unused_export'>,
  context: EditContext,
): Promise<Outcome> {
  const file =
    path === undefined ? locateSymbol(symbol, context.graph) : await existing(path, context);
  if (!/\.(?:[cm]?[jt]s|[jt]sx)$/.test(file))
    throw invalid(
      `remove unused export works for TypeScript and JavaScript, and ${file} is neither.`,
    );
  const { overlay, signal } = context;
  const { files, notes } = await askTypeScript(
    {
      root: overlay.root,
      files: currentFiles(context),
      overrides: [...overlay.overrides()],
      task: { kind: 'unused_export', path: file, symbol },
    },
    signal,
  );
  for (const edited of files)
    await overlay.replaceText(
      edited.path,
      applyEdits(await overlay.read(edited.path), edited.edits),
    );
  return { changes: [`Remove the unused export ${symbol} from ${file}.`], notes };
}
