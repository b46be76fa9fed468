import type { FlatNode as Node } from '../../syntax/flat-node.js';
import { childOfType, fieldText, type OutlineImport, type OutlineRules } from './outline-rules.js';

/** PHP: names are imported by `use`, files by `require` and `include`. */
export const PHP: OutlineRules = {
  symbols: {
    class_declaration: { kind: 'class', hasMembers: true },
    trait_declaration: { kind: 'class', hasMembers: true },
    interface_declaration: { kind: 'interface', hasMembers: true },
    enum_declaration: { kind: 'enum', hasMembers: true },
    function_definition: { kind: 'function', returnType: (node) => fieldText(node, 'return_type') },
    method_declaration: { kind: 'method', returnType: (node) => fieldText(node, 'return_type') },
    property_declaration: {
      kind: 'variable',
      names: (node) => elementNames(node, 'property_element'),
    },
    const_declaration: { kind: 'variable', names: (node) => elementNames(node, 'const_element') },
  },
  imports: {
    namespace_use_declaration: readUse,
    expression_statement: readRequire,
  },
  namespaces: { namespace_definition: (node) => fieldText(node, 'name') },
  groups: new Set([
    'namespace_definition',
    'compound_statement',
    'declaration_list',
    'enum_declaration_list',
    'if_statement',
  ]),
  visibility: (node) => {
    const word = childOfType(node, 'visibility_modifier')?.text;
    return word === 'private' || word === 'protected' ? word : 'public';
  },
  isEntryPoint: () => false,
};

function elementNames(node: Node, type: string): string[] {
  return node.namedChildren
    .filter((one) => one.type === type)
    .map(
      (one) => (one.childForFieldName('name') ?? one.namedChild(0))?.text.replace(/^\$/, '') ?? '',
    );
}

function readUse(node: Node): OutlineImport[] {
  const group = childOfType(node, 'namespace_use_group');
  const prefix = group ? `${childOfType(node, 'namespace_name')?.text ?? ''}\\` : '';
  return (group ?? node).namedChildren
    .filter((one) => one.type === 'namespace_use_clause')
    .map((clause) => {
      const path = childOfType(clause, 'qualified_name', 'name')?.text ?? '';
      const imported = path.slice(path.lastIndexOf('\\') + 1);
      return {
        raw: (prefix + path).replace(/^\\/, ''),
        names: [{ imported, local: fieldText(clause, 'alias') ?? imported }],
      };
    });
}

/** `require 'a.php'` and `require __DIR__ . '/a.php'`: both mean a file beside this one. */
function readRequire(node: Node): OutlineImport[] {
  const expression = node.namedChild(0);
  if (!expression || !/^(?:require|include)(?:_once)?_expression$/.test(expression.type)) return [];
  const match = /^(?:__DIR__\s*\.\s*)?(['"])\/?([^'"$]+)\1$/.exec(
    expression.namedChild(0)?.text ?? '',
  );
  return match?.[2] === undefined ? [] : [{ raw: `./${match[2]}` }];
}
