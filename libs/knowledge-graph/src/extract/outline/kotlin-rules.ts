import type { FlatNode as Node } from '../../syntax/flat-node.js';
import { childOfType, modifierOf, type OutlineRules } from './outline-rules.js';

/** Kotlin: public unless a modifier says otherwise; functions may stand outside of classes. */
export const KOTLIN: OutlineRules = {
  symbols: {
    class_declaration: { kind: kindOfClass, hasMembers: true },
    object_declaration: { kind: 'class', hasMembers: true },
    function_declaration: { kind: 'function', returnType },
    property_declaration: { kind: 'variable', names: propertyNames },
    type_alias: { kind: 'type', names: (node) => [childOfType(node, 'identifier')?.text ?? ''] },
  },
  imports: { import: readImport },
  namespaces: {
    package_header: (node) => childOfType(node, 'qualified_identifier', 'identifier')?.text ?? null,
  },
  groups: new Set(['class_body', 'enum_class_body', 'companion_object', 'import_list']),
  visibility: (node) => {
    const word = modifierOf(node, ['private', 'protected', 'internal']);
    if (word === 'internal') return 'package';
    return word === 'private' || word === 'protected' ? word : 'public';
  },
  isEntryPoint: ({ name, kind }) => name === 'main' && kind === 'function',
};

function kindOfClass(node: Node): 'class' | 'interface' | 'enum' {
  if (node.children.some((one) => one.type === 'interface')) return 'interface';
  return modifierOf(node, ['enum']) || node.children.some((one) => one.type === 'enum')
    ? 'enum'
    : 'class';
}

function returnType(node: Node): string | null {
  const after = node.namedChildren.findIndex((one) => one.type === 'function_value_parameters');
  const type = node.namedChildren[after + 1];
  return after !== -1 && type?.type.endsWith('_type') ? type.text : null;
}

function propertyNames(node: Node): string[] {
  const variable = childOfType(node, 'variable_declaration');
  return variable ? [childOfType(variable, 'identifier')?.text ?? ''] : [];
}

function readImport(node: Node): { raw: string; names: { imported: string; local: string }[] }[] {
  const path = childOfType(node, 'qualified_identifier', 'identifier');
  if (!path) return [];
  const isWildcard = node.children.some((one) => one.type === '*');
  const alias = node.namedChildren.find((one) => one.type === 'identifier' && !one.equals(path));
  const last = path.text.slice(path.text.lastIndexOf('.') + 1);
  const imported = isWildcard ? '*' : last;
  return [
    {
      raw: isWildcard ? `${path.text}.*` : path.text,
      names: [{ imported, local: alias?.text ?? imported }],
    },
  ];
}
