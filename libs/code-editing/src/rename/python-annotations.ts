import type { SyntaxNode } from '@hil/knowledge-graph';

/** Calls that read some of their arguments as types: by position, and by keyword. */
const TYPE_ARGUMENTS: Readonly<Record<string, (position: number, keyword: string) => boolean>> = {
  cast: (position) => position === 0,
  assert_type: (position) => position === 1,
  NewType: (position) => position === 1,
  TypeVar: (position, keyword) => position > 0 || keyword === 'bound' || keyword === 'default',
};

/** A string that type checkers read as a type: an annotation, or an argument of `cast` and its like. */
export function isAnnotation(node: SyntaxNode): boolean {
  for (let child = node, parent = node.parent; parent; child = parent, parent = parent.parent) {
    if (parent.type === 'type') return true;
    if (parent.type === 'argument_list') return isTypeArgument(parent, child);
    if (parent.type.endsWith('statement')) return false;
  }
  return false;
}

function isTypeArgument(list: SyntaxNode, argument: SyntaxNode): boolean {
  const called = list.parent?.childForFieldName('function')?.text.split('.').at(-1) ?? '';
  const keyword = argument.type === 'keyword_argument';
  const position = list.namedChildren
    .filter((each) => each?.type !== 'comment')
    .findIndex((each) => each?.id === argument.id);
  const name = keyword ? (argument.childForFieldName('name')?.text ?? '') : '';
  return TYPE_ARGUMENTS[called]?.(keyword ? -1 : position, name) ?? false;
}
