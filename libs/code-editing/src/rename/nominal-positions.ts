import type { SyntaxNode } from '@hil/knowledge-graph';

/** The text before the dot of a qualified name without its type arguments, or null. */
export function qualifierOf(node: SyntaxNode): string | null {
  // `Outer.Name<T>`: the dot stands before the generic name.
  const whole = node.parent?.type === 'generic_name' ? node.parent : node;
  const { parent } = whole;
  if (
    !parent ||
    !/^(?:scoped_identifier|scoped_type_identifier|qualified_name|member_access_expression|field_access|alias_qualified_name)$/.test(
      parent.type,
    )
  )
    return null;
  const first = parent.firstNamedChild;
  return first && first.id !== whole.id
    ? withoutArguments(first.text.replace(/\s+/g, '')).replace(/^global::/, '')
    : null;
}

/** A type without what stands in angle brackets. */
export function withoutArguments(text: string): string {
  for (let before = '', now = text; ; now = before.replace(/<[^<>]*>/g, '')) {
    if (now === before) return now;
    before = now;
  }
}

/** What a name may stand in the field `name` of and still be the type. */
const NAMES_TYPE =
  /^(?:(?:class|interface|enum|record|struct|record_struct|annotation_type|delegate|constructor|compact_constructor|destructor)_declaration|attribute|annotation|marker_annotation|qualified_name|alias_qualified_name|member_access_expression|scoped_identifier)$/;

/** The node names a variable, parameter, field, property, method or alias rather than a type, or is its value. */
export function isMemberName(node: SyntaxNode): boolean {
  const { parent } = node;
  if (!parent) return false;
  const is = (field: string): boolean => parent.childForFieldName(field)?.id === node.id;
  switch (parent.type) {
    case 'type_parameter':
    case 'implicit_parameter':
    case 'inferred_parameters':
    case 'tuple_pattern':
    case 'assignment_expression':
    case 'binary_expression':
    case 'initializer_expression':
    case 'variable_declarator':
    case 'return_statement':
    case 'arrow_expression_clause':
      return true;
    case 'argument':
      return !/^nameof\b/.test(parent.parent?.parent?.text ?? '');
    case 'invocation_expression':
      return is('function');
    case 'foreach_statement':
      return is('left');
    default:
      return is('name') && !NAMES_TYPE.test(parent.type);
  }
}

/**
 * The node is the name of a property, argument, element or label that belongs to something else: `new T { Name = 1 }`,
 * `[A(Name = 1)]`, `f(Name: 1)`. Never a type, whatever else has that name.
 */
export function isLabel(node: SyntaxNode): boolean {
  const { parent } = node;
  if (!parent) return false;
  const is = (field: string): boolean => parent.childForFieldName(field)?.id === node.id;
  switch (parent.type) {
    case 'argument':
    case 'attribute_argument':
    case 'tuple_element':
      return is('name');
    case 'element_value_pair':
      return is('key');
    case 'assignment_expression':
      return is('left') && parent.parent?.type === 'initializer_expression';
    case 'with_initializer':
    case 'subpattern':
    case 'labeled_statement':
      return parent.firstNamedChild?.id === node.id;
    case 'member_access_expression':
      return (
        parent.parent?.type === 'subpattern' &&
        parent.parent.firstNamedChild?.id === parent.id &&
        parent.firstNamedChild?.id === node.id
      );
    case 'member_binding_expression':
    case 'goto_statement':
    case 'break_statement':
    case 'continue_statement':
      return true;
    case 'anonymous_object_creation_expression':
      // The value of `Name = value` is an expression, and so is the shorthand `new { Name }`.
      return true;
    default:
      return false;
  }
}
