import type { FlatNode as Node } from '../../syntax/flat-node.js';
import { fieldText, type OutlineRules } from './outline-rules.js';

/** Ruby: modules count as classes; constants are variables; `require` names files. */
export const RUBY: OutlineRules = {
  symbols: {
    module: { kind: 'class', hasMembers: true },
    class: { kind: 'class', hasMembers: true },
    method: { kind: 'function' },
    singleton_method: { kind: 'function' },
    assignment: { kind: 'variable', names: constantNames },
  },
  imports: { call: readRequire },
  namespaces: {},
  groups: new Set(['body_statement', 'begin', 'singleton_class', 'if', 'unless', 'then', 'else']),
  visibility: (_, name) => (name.startsWith('_') ? 'private' : 'public'),
  isEntryPoint: () => false,
};

function constantNames(node: Node): string[] {
  const left = node.childForFieldName('left');
  return left?.type === 'constant' ? [left.text] : [];
}

function readRequire(node: Node): { raw: string }[] {
  const method = fieldText(node, 'method');
  if (method !== 'require' && method !== 'require_relative' && method !== 'load') return [];
  const argument = node.childForFieldName('arguments')?.namedChild(0);
  const content = argument?.namedChildren ?? [];
  const [only] = content;
  if (argument?.type !== 'string' || content.length !== 1 || only?.type !== 'string_content')
    return [];
  const isRelative = method === 'require_relative' && !only.text.startsWith('.');
  return [{ raw: isRelative ? `./${only.text}` : only.text }];
}
