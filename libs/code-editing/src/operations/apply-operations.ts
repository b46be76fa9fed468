import { HilError, type Operation } from '@hil/contracts';
import { languageOf } from '@hil/knowledge-graph';
import { requireReach } from '../gates/operation-reach.js';
import type { Overlay } from '../overlay/overlay.js';
import { moveFile } from '../rename/move-file.js';
import { renameSymbol } from '../rename/rename-symbol.js';
import { addImport } from '../symbols/add-import.js';
import { insertMember } from '../symbols/insert-member.js';
import { replaceSymbolBody } from '../symbols/replace-symbol-body.js';
import { applyEdits } from '../text/text-edit.js';
import { linesOf } from './align-lines.js';
import { refuseTwin } from '../overlay/refuse-twin.js';
import { currentFiles, type EditContext } from './edit-context.js';
import { match, type MatchKind, type NearLine } from './matching.js';
import { didYouMean } from './suggest.js';

/** What became of one operation. A failed one changed nothing. */
export interface OperationResult {
  ok: boolean;
  operation: Operation;
  /** Why it failed and what to do, or what is worth knowing. */
  message?: string;
  nearest?: NearLine[];
  /** Of a rename or move that was made. */
  reach?: ProjectReach;
}

/** How many edits in how many files a rename or move came to; a moved file counts at both of its paths. */
export interface ProjectReach {
  edits: number;
  files: number;
}

/** What is worth knowing of an operation that was made. */
type Performed = Pick<OperationResult, 'message' | 'reach'>;

export interface ApplyResult {
  results: OperationResult[];
  applied: number;
  failed: number;
}

/** Thrown inside one operation when it can't be done; carries the nearest lines. */
class NoMatchError extends Error {
  constructor(
    message: string,
    readonly nearest: NearLine[],
  ) {
    super(message);
  }
}

/**
 * Applies operations to the overlay in order. Each is atomic: one that fails leaves the overlay as it was and
 * says why; those that succeeded stay and need not be sent again. Nothing is written to disk.
 */
export async function applyOperations(
  overlay: Overlay,
  operations: readonly Operation[],
  context: Omit<EditContext, 'overlay'>,
): Promise<ApplyResult> {
  const results: OperationResult[] = [];
  for (const operation of operations) {
    context.signal.throwIfAborted();
    results.push(await applyOne(operation, { ...context, overlay }));
  }
  const applied = results.filter(({ ok }) => ok).length;
  return { results, applied, failed: results.length - applied };
}

async function applyOne(operation: Operation, context: EditContext): Promise<OperationResult> {
  const before = context.overlay.snapshot();
  try {
    await refuseStale(operation, context.overlay);
    return { ok: true, operation, ...(await perform(operation, context)) };
  } catch (error) {
    context.overlay.restore(before);
    if (error instanceof NoMatchError) {
      return { ok: false, operation, message: error.message, nearest: error.nearest };
    }
    if (error instanceof HilError && error.code === 'validation_error') {
      return { ok: false, operation, message: error.message };
    }
    throw error;
  }
}

/** The file must be the one the operation was planned on, or what earlier operations made of it. */
async function refuseStale(operation: Operation, overlay: Overlay): Promise<void> {
  if (operation.op === 'create_file' || operation.base_blob === undefined) return;
  const base = await overlay.baseBlobOf(operation.path);
  const now = await overlay.blobOf(operation.path);
  if (operation.base_blob === base || operation.base_blob === now) return;
  throw new HilError(
    'validation_error',
    `${operation.path} is another file by now (blob ${base ?? 'none'}, planned on ${operation.base_blob}). Read it again and plan the edit on what it is.`,
  );
}

async function perform(operation: Operation, context: EditContext): Promise<Performed> {
  const { overlay } = context;
  if (operation.op === 'create_file') {
    refuseTwin(operation.path, currentFiles(context));
    await overlay.create(operation.path, operation.content);
    return {};
  }
  await refuseMissing(operation.path, context);
  switch (operation.op) {
    case 'delete_file':
      await overlay.delete(operation.path);
      return {};
    case 'move_file': {
      const { path, to } = operation;
      const { rewritten, notes } = await moveFile(path, to, context);
      return {
        ...remark(sentence(notes)),
        reach: {
          edits: rewritten.reduce((sum, { count }) => sum + count, 0),
          files: new Set([path, to, ...rewritten.map((file) => file.path)]).size,
        },
      };
    }
    case 'rename_symbol': {
      const { path, symbol, new_name: newName, keep_strings: keepStrings = false } = operation;
      const result = await renameSymbol({ path, symbol, newName, keepStrings }, context);
      return {
        ...remark(sentence(result.notes)),
        reach: { edits: result.count, files: result.paths.length },
      };
    }
    default:
      return remark(await editText(operation, overlay));
  }
}

/** What the sender should know of a text that was found. */
const REMARKS: Readonly<Record<MatchKind, string | null>> = {
  exact: null,
  'line-trimmed': 'matched but for trailing blanks',
  indent: 'matched with another indentation',
  'blank-lines': 'matched but for empty lines',
};

type TextOperation = Extract<
  Operation,
  { op: 'search_replace' | 'replace_symbol_body' | 'insert_member' | 'add_import' }
>;

async function editText(operation: TextOperation, overlay: Overlay): Promise<string | null> {
  const text = await overlay.read(operation.path);
  if (operation.op === 'search_replace') {
    const result = match(text, operation.search, operation.replace, operation.expected_count);
    if (!result.ok) throw new NoMatchError(`${operation.path}: ${result.message}`, result.nearest);
    const edited = applyEdits(text, result.edits);
    const covered = linesOf(operation.search).length * operation.expected_count;
    requireReach(operation.path, text, edited, covered);
    await overlay.replaceText(operation.path, edited);
    return REMARKS[result.how];
  }
  const language = languageOf(operation.path);
  if (!language) {
    throw new HilError(
      'validation_error',
      `${operation.path}: ${operation.op} works for TypeScript, JavaScript, Python, Java and C#. Use search_replace here.`,
    );
  }
  const edited =
    operation.op === 'add_import'
      ? await addImport(language, text, operation.statement)
      : operation.op === 'insert_member'
        ? await insertMember(language, text, operation)
        : await replaceSymbolBody(language, text, operation);
  if (operation.op !== 'replace_symbol_body') requireReach(operation.path, text, edited, 0);
  await overlay.replaceText(operation.path, edited);
  return edited === text ? 'nothing to do: it is there already' : null;
}

async function refuseMissing(path: string, context: EditContext): Promise<void> {
  if (await context.overlay.exists(path)) return;
  throw new HilError(
    'validation_error',
    `${path} does not exist.${didYouMean(path, currentFiles(context))}`,
  );
}

const remark = (message: string | null): Performed => (message === null ? {} : { message });

function sentence(notes: readonly string[]): string | null {
  return notes.length > 0 ? notes.join(' ') : null;
}
