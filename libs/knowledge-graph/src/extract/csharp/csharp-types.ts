import type { FlatNode as Node } from '../../syntax/flat-node.js';
import { plainType, type FactsCollector } from '../facts-collector.js';

/** The type that the place of a `new(...)` wants: of a variable, property, or what a member returns. */
export function wantedType(node: Node): Node | null {
  for (let one = node.parent; one; one = one.parent) {
    switch (one.type) {
      case 'equals_value_clause':
      case 'variable_declarator':
      case 'arrow_expression_clause':
      case 'return_statement':
      case 'block':
      case 'accessor_declaration':
      case 'accessor_list':
        continue;
      case 'variable_declaration':
      case 'property_declaration':
        return one.childForFieldName('type');
      case 'method_declaration':
      case 'local_function_statement':
      case 'operator_declaration':
        return one.childForFieldName('returns') ?? one.childForFieldName('type');
      default:
        return null;
    }
  }
  return null;
}

/** The type of an expression in the notation of call facts, as far as names tell: `IBooks#ByIsbn`. */
export function valueType(node: Node | null, into: FactsCollector): string | null {
  switch (node?.type) {
    case 'identifier': {
      const name = node.text;
      if (into.scopes.has(name)) return into.scopes.typeOf(name);
      return into.scopes.fieldType(name) ?? (/^[A-Z]/.test(name) ? name : null);
    }
    case 'member_access_expression': {
      const object = node.childForFieldName('expression');
      const name = node.childForFieldName('name');
      if (name?.type !== 'identifier') return null;
      if (object?.type === 'this' || object?.text === 'this')
        return into.scopes.fieldType(name.text);
      const on = valueType(object, into);
      return on === null ? null : `${on}#${name.text}`;
    }
    case 'invocation_expression': {
      const callee = node.childForFieldName('function');
      return callee?.type === 'member_access_expression' ? valueType(callee, into) : null;
    }
    case 'object_creation_expression':
      return plainType(node.childForFieldName('type')?.text ?? '');
    case 'binary_expression':
      // `found ?? throw ...` is what was found.
      return node.childForFieldName('operator')?.text === '??'
        ? valueType(node.childForFieldName('left'), into)
        : null;
    case 'await_expression':
    case 'parenthesized_expression':
    case 'equals_value_clause':
      return valueType(node.namedChild(0), into);
    default:
      return null;
  }
}
