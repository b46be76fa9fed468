import type { FlatNode as Node } from '../../syntax/flat-node.js';
import { childOfType, fieldText, type OutlineImport, type OutlineRules } from './outline-rules.js';

/** Rust: `mod a;` and `use a::b` import; methods of an `impl` belong to its type. */
export const RUST: OutlineRules = {
  symbols: {
    function_item: { kind: 'function', returnType: (node) => fieldText(node, 'return_type') },
    function_signature_item: {
      kind: 'function',
      returnType: (node) => fieldText(node, 'return_type'),
    },
    struct_item: { kind: 'class' },
    union_item: { kind: 'class' },
    enum_item: { kind: 'enum' },
    trait_item: { kind: 'interface', hasMembers: true },
    impl_item: { kind: 'class', names: () => [], owner: implementedType, hasMembers: true },
    type_item: { kind: 'type' },
    const_item: { kind: 'variable' },
    static_item: { kind: 'variable' },
    macro_definition: { kind: 'function' },
  },
  imports: { mod_item: readModule, use_declaration: readUse },
  namespaces: {},
  groups: new Set(['declaration_list', 'mod_item', 'foreign_mod_item']),
  visibility: (node) => {
    const word = childOfType(node, 'visibility_modifier')?.text;
    if (word === undefined) return 'private';
    return word === 'pub' ? 'public' : 'package';
  },
  isEntryPoint: ({ name, kind }) => name === 'main' && kind === 'function',
};

function implementedType(node: Node): string | null {
  const type = node.childForFieldName('type');
  return (type?.childForFieldName('type') ?? type)?.text ?? null;
}

/** A module without a body stands in a file of its name. */
function readModule(node: Node): OutlineImport[] {
  const name = fieldText(node, 'name');
  return name === null || node.childForFieldName('body') ? [] : [{ raw: `mod ${name}` }];
}

function readUse(node: Node): OutlineImport[] {
  const argument = node.childForFieldName('argument');
  return argument ? pathsOf(argument, '') : [];
}

function pathsOf(node: Node, prefix: string): OutlineImport[] {
  const join = (text: string): string => (prefix === '' ? text : `${prefix}::${text}`);
  switch (node.type) {
    case 'use_list':
      return node.namedChildren.flatMap((one) => pathsOf(one, prefix));
    case 'scoped_use_list': {
      const path = fieldText(node, 'path');
      const list = node.childForFieldName('list');
      return list ? pathsOf(list, path === null ? prefix : join(path)) : [];
    }
    case 'use_wildcard':
      return [{ raw: `${join(node.namedChild(0)?.text ?? '')}::*` }];
    case 'use_as_clause':
      return [{ raw: join(fieldText(node, 'path') ?? '') }];
    default:
      return [{ raw: node.type === 'self' ? prefix : join(node.text) }];
  }
}
