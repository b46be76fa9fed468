import type { SyntaxNode } from '@hil/knowledge-graph';

/** `f("module.name")`: those that take a path to it as their first. */
const BY_PATH = /^(?:.*\.)?(?:patch|patch\.(?:dict|object|multiple)|setattr|delattr|import_string|import_object|import_from_string|resolve_name|import_module|locate)$/; // prettier-ignore

/** Whether a function takes a path such as `pkg.mod.name` as its first argument, by its name. */
export const takesPath = (called: string): boolean => BY_PATH.test(called);

/** A literal that is one text as it stands; what is put together, also by f"", is no name. */
export const isPlain = (literal: SyntaxNode): boolean =>
  literal.type === 'string' &&
  !literal.namedChildren.some(
    (each) => each?.type === 'interpolation' || each?.type === 'escape_sequence',
  );

/** The call whose argument a literal is, its place there, and the argument before it. */
export function callAround(literal: SyntaxNode): {
  called: string | null;
  position: number;
  object: SyntaxNode | null;
} {
  const list = literal.parent;
  if (list?.type !== 'argument_list') return { called: null, position: -1, object: null };
  const given = list.namedChildren.filter((each) => each !== null && each.type !== 'comment');
  const position = given.findIndex((each) => each?.id === literal.id);
  const called = list.parent?.childForFieldName('function')?.text.replace(/\s/g, '') ?? null;
  return { called, position, object: given[position - 1] ?? null };
}
