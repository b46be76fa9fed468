import type { Operation } from '@hil/contracts';
import { applyOperations } from '../operations/apply-operations.js';
import type { EditContext } from '../operations/edit-context.js';
import { moveFile } from '../rename/move-file.js';
import { existing, invalid, lineCount, many, type Of, type Outcome } from './outcome.js';

/** Runs one operation and turns its failure into an error. */
async function operate(operation: Operation, context: EditContext): Promise<void> {
  const { results } = await applyOperations(context.overlay, [operation], context);
  const failed = results.find(({ ok }) => !ok);
  if (failed) throw invalid(failed.message ?? `${operation.op} failed on ${operation.path}.`);
}

export async function create(
  { path, content }: Of<'create_file'>,
  context: EditContext,
): Promise<Outcome> {
  await operate({ op: 'create_file', path, content }, context);
  return { changes: [`Create ${path} with ${many(lineCount(content), 'line')}.`] };
}

export async function remove({ path }: Of<'delete_file'>, context: EditContext): Promise<Outcome> {
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

export async function move({ path, to }: Of<'move_file'>, context: EditContext): Promise<Outcome> {
  const file = await existing(path, context);
  const target = to.endsWith('/') ? `${to}${file.split('/').at(-1) ?? ''}` : to;
  const { rewritten, notes } = await moveFile(file, target, context);
  const changes = [`Move ${file} to ${target}.`];
  for (const { path: importer, count } of rewritten)
    changes.push(`${importer === file ? target : importer}: ${many(count, 'import')} rewritten.`);
  return { changes, notes, edits: rewritten.reduce((sum, { count }) => sum + count, 0) };
}
