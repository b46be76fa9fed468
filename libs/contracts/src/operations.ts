import { z } from 'zod';

const path = z.string().min(1).max(4096);

/** The edit operations of the tool `apply_edits`. Paths are repository paths with forward slashes. */
export const operationSchema = z.discriminatedUnion('op', [
  z.object({
    op: z.literal('search_replace'),
    path,
    search: z.string().min(1),
    replace: z.string(),
    /** How often `search` must occur; all occurrences are replaced. */
    expected_count: z.int().positive().default(1),
  }),
  z.object({
    op: z.literal('replace_symbol_body'),
    path,
    symbol: z.string().min(1),
    body: z.string(),
  }),
  z.object({
    op: z.literal('insert_member'),
    path,
    parent: z.string().min(1),
    position: z.string().min(1),
    code: z.string(),
  }),
  z.object({ op: z.literal('add_import'), path, statement: z.string().min(1) }),
  z.object({
    op: z.literal('rename_symbol'),
    path,
    symbol: z.string().min(1),
    new_name: z.string().min(1),
  }),
  z.object({ op: z.literal('create_file'), path, content: z.string() }),
  z.object({ op: z.literal('delete_file'), path }),
  z.object({ op: z.literal('move_file'), path, to: path }),
]);
export type Operation = z.infer<typeof operationSchema>;
