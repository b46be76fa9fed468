import { z } from 'zod';

const path = z.string().min(1).max(4096);

/** The id git gives the content of a file: SHA-1, or SHA-256 in repositories of that kind. */
export const blobIdSchema = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/);

const target = {
  path,
  /** The file that the operation was planned on, as `read_file` names it; on another it is refused. */
  base_blob: blobIdSchema.optional(),
};

/** The edit operations of the tool `apply_edits`. Paths are repository paths with forward slashes. */
export const operationSchema = z.discriminatedUnion('op', [
  z.object({
    op: z.literal('search_replace'),
    ...target,
    search: z.string().min(1),
    replace: z.string(),
    /** How often `search` must occur; all occurrences are replaced. */
    expected_count: z.int().positive().default(1),
  }),
  z.object({
    op: z.literal('replace_symbol_body'),
    ...target,
    symbol: z.string().min(1),
    body: z.string(),
  }),
  z.object({
    op: z.literal('insert_member'),
    ...target,
    parent: z.string().min(1),
    position: z.string().min(1),
    code: z.string(),
  }),
  z.object({ op: z.literal('add_import'), ...target, statement: z.string().min(1) }),
  z.object({
    op: z.literal('rename_symbol'),
    ...target,
    symbol: z.string().min(1),
    new_name: z.string().min(1),
    /** Strings that may or may not mean the symbol stay as they are, instead of stopping the rename. */
    keep_strings: z.boolean().optional(),
  }),
  z.object({ op: z.literal('create_file'), path, content: z.string() }),
  z.object({ op: z.literal('delete_file'), ...target }),
  z.object({ op: z.literal('move_file'), ...target, to: path }),
]);
export type Operation = z.infer<typeof operationSchema>;

/** An operation that reaches across the project. */
export type ProjectOperation = Extract<Operation, { op: 'rename_symbol' | 'move_file' }>;

export const isProjectOperation = (operation: Operation): operation is ProjectOperation =>
  operation.op === 'rename_symbol' || operation.op === 'move_file';
