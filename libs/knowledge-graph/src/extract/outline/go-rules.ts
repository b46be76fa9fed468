import type { FlatNode as Node } from '../../syntax/flat-node.js';
import { stringValue } from '../facts-collector.js';
import { childOfType, fieldText, type OutlineRules } from './outline-rules.js';

/** Go: a capital letter exports; methods belong to the type of their receiver. */
export const GO: OutlineRules = {
  symbols: {
    function_declaration: { kind: 'function', returnType: (node) => fieldText(node, 'result') },
    method_declaration: {
      kind: 'method',
      owner: receiverType,
      returnType: (node) => fieldText(node, 'result'),
    },
    method_elem: { kind: 'method', returnType: (node) => fieldText(node, 'result') },
    type_spec: { kind: kindOfType, hasMembers: true },
    type_alias: { kind: 'type' },
    const_spec: { kind: 'variable', names: namesOf },
    var_spec: { kind: 'variable', names: namesOf },
  },
  imports: { import_spec: readImport },
  namespaces: { package_clause: (node) => node.namedChild(0)?.text ?? null },
  groups: new Set([
    'import_declaration',
    'import_spec_list',
    'type_declaration',
    'const_declaration',
    'var_declaration',
    'var_spec_list',
    'interface_type',
  ]),
  visibility: (_, name) => (/^\p{Lu}/u.test(name) ? 'public' : 'package'),
  isEntryPoint: ({ name, kind }) => name === 'main' && kind === 'function',
};

function kindOfType(node: Node): 'class' | 'interface' | 'type' {
  const type = node.childForFieldName('type')?.type;
  if (type === 'struct_type') return 'class';
  return type === 'interface_type' ? 'interface' : 'type';
}

function receiverType(node: Node): string | null {
  const type = node.childForFieldName('receiver')?.descendantsOfType('type_identifier')[0];
  return type?.text ?? null;
}

function namesOf(node: Node): string[] {
  return node
    .childrenForFieldName('name')
    .filter((one) => one.type === 'identifier')
    .map((one) => one.text);
}

function readImport(node: Node): { raw: string; names: { imported: string; local: string }[] }[] {
  const raw = stringValue(
    childOfType(node, 'interpreted_string_literal', 'raw_string_literal') ?? null,
  );
  if (raw === null) return [];
  const local = fieldText(node, 'name') ?? raw.slice(raw.lastIndexOf('/') + 1);
  return [{ raw, names: [{ imported: '*', local }] }];
}
