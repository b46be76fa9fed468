import type { FlatNode as Node } from '../../syntax/flat-node.js';

const FUNCTIONS = new Set([
  'arrow_function',
  'function_expression',
  'generator_function',
  'function_declaration',
  'generator_function_declaration',
  'method_definition',
]);

export function isFunctionNode(node: Node): boolean {
  return FUNCTIONS.has(node.type);
}

export interface Parameter {
  /** As written, without type and default. */
  text: string;
  /** Every name it binds: several for a destructuring pattern. */
  names: string[];
  type: string | null;
  /** True for a constructor parameter that declares a field. */
  isField: boolean;
}

export function parametersOf(node: Node): Parameter[] {
  const single = node.childForFieldName('parameter');
  if (single) return [{ text: single.text, names: [single.text], type: null, isField: false }];
  const list = node.childForFieldName('parameters')?.namedChildren ?? [];
  return list.filter((one) => one.type !== 'comment').map(readParameter);
}

function readParameter(node: Node): Parameter {
  const pattern = node.childForFieldName('pattern') ?? node.childForFieldName('left') ?? node;
  const children = node.type === 'required_parameter' ? node.children : [];
  return {
    text: pattern.text,
    names: patternNames(pattern),
    type: node.childForFieldName('type')?.text.replace(/^:\s*/, '') ?? null,
    isField: children.some(
      (one) => one.type === 'accessibility_modifier' || one.type === 'readonly',
    ),
  };
}

/** The identifiers that a binding pattern introduces. */
export function patternNames(node: Node): string[] {
  switch (node.type) {
    case 'identifier':
    case 'shorthand_property_identifier_pattern':
      return [node.text];
    case 'pair_pattern':
    case 'assignment_pattern':
    case 'object_assignment_pattern': {
      const target = node.childForFieldName('value') ?? null;
      const left = node.type === 'pair_pattern' ? target : node.childForFieldName('left');
      return left ? patternNames(left) : [];
    }
    case 'object_pattern':
    case 'array_pattern':
    case 'rest_pattern':
      return node.namedChildren.flatMap(patternNames);
    default:
      return [];
  }
}

export function genericsOf(node: Node): string[] {
  const list = node.childForFieldName('type_parameters')?.namedChildren ?? [];
  return list.map((one) => one.text);
}

export function isAsync(node: Node): boolean {
  return node.children.some((one) => one.type === 'async');
}
