import type { FlatNode as Node } from '../../syntax/flat-node.js';

/** Node types that are functions, in all languages with routes. */
export const FUNCTIONS = new Set([
  'arrow_function',
  'function_expression',
  'function_declaration',
  'generator_function',
  'generator_function_declaration',
  'method_definition',
  'function_definition',
  'lambda',
  'lambda_expression',
  'anonymous_method_expression',
  'method_declaration',
  'constructor_declaration',
  'local_function_statement',
]);
const CLASSES = new Set([
  'class_declaration',
  'class',
  'class_definition',
  'abstract_class_declaration',
]);

/** What a variable or field is set to. */
export function valueOf(node: Node): Node | null {
  const value = node.childForFieldName('value');
  if (value) return value;
  // C# writes `name = value` without a field for the value.
  const last = node.namedChildren.at(-1);
  return last && node.namedChildren.length > 1 && node.type === 'variable_declarator' ? last : null;
}

/** The name a function is called by: its own, or that of the variable or member that holds it. */
export function functionName(node: Node): string | null {
  const own = node.childForFieldName('name')?.text;
  if (own) return own;
  const holder = node.parent;
  if (holder?.type === 'variable_declarator' || holder?.type === 'public_field_definition')
    return holder.childForFieldName('name')?.text ?? null;
  return holder?.type === 'field_definition'
    ? (holder.childForFieldName('property')?.text ?? null)
    : null;
}

/** The class a method stands in. */
export function ownerOf(node: Node): string | null {
  for (let one = node.parent, hops = 0; one && hops < 4; one = one.parent, hops += 1) {
    if (CLASSES.has(one.type)) return one.childForFieldName('name')?.text ?? null;
    if (FUNCTIONS.has(one.type)) return null;
  }
  return null;
}

/** The names of the parameters; a pattern is given as written. */
export function parameterNames(node: Node): string[] {
  const single = node.childForFieldName('parameter');
  const list = single ? [single] : (node.childForFieldName('parameters')?.namedChildren ?? []);
  return list
    .filter((one) => one.type !== 'comment')
    .slice(0, 20)
    .map((one) => {
      const named =
        one.childForFieldName('pattern') ??
        one.childForFieldName('name') ??
        one.childForFieldName('left') ??
        (one.type === 'typed_parameter' ? one.namedChild(0) : one);
      return (named?.text ?? '').slice(0, 100);
    });
}
