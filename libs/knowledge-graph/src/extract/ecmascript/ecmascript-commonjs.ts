import type { FlatNode as Node } from '../../syntax/flat-node.js';
import type { FactsCollector } from '../facts-collector.js';
import { addClass, addFunction } from './ecmascript-declarations.js';
import { visit, type Place } from './ecmascript-extractor.js';
import { isFunctionNode } from './ecmascript-functions.js';

const EXPORTS = /^(?:module\.)?exports(?:\.([\w$]+))?$/;

/**
 * What an assignment at module level declares: `exports.x = ...`, `module.exports = ...`, and members such
 * as `app.use = function` and `Foo.prototype.bar = function`. False when it declares nothing.
 */
export function readAssignment(node: Node, into: FactsCollector): boolean {
  const left = node.childForFieldName('left');
  const right = node.childForFieldName('right');
  if (!left || !right || into.scopes.insideFunction) return false;
  const match = EXPORTS.exec(left.text);
  if (!match) return readMember(node, left, right, into);
  const name = match[1];
  if (name !== undefined) return exportNamed(node, name, right, into);
  if (right.type === 'object') {
    for (const member of right.namedChildren) exportMember(member, into);
    return true;
  }
  if (right.type === 'identifier') {
    into.facts.exports.push({ exported: 'default', local: right.text, from: null });
  } else if (isFunctionNode(right) || right.type === 'class') {
    const local = right.childForFieldName('name')?.text ?? 'default';
    into.facts.exports.push({ exported: 'default', local, from: null });
    declare(node, local, right, into, EXPORTED);
    return true;
  }
  return false;
}

/** `var app = exports = module.exports = {}` exports the variable as the module itself. */
export function readExportedVariable(name: Node, value: Node, into: FactsCollector): void {
  for (let one: Node | null = value; one?.type === 'assignment_expression';) {
    if (one.childForFieldName('left')?.text === 'module.exports')
      into.facts.exports.push({ exported: 'default', local: name.text, from: null });
    one = one.childForFieldName('right');
  }
}

const EXPORTED: Place = { within: null, exported: true, decorators: [] };

/** A name that the module exports with the value that stands at its place. */
function exportNamed(node: Node, name: string, value: Node, into: FactsCollector): boolean {
  const local = value.type === 'identifier' ? value.text : name;
  into.facts.exports.push({ exported: name, local, from: null });
  if (value.type === 'identifier') return false;
  declare(node, name, value, into, EXPORTED);
  return true;
}

function exportMember(member: Node, into: FactsCollector): void {
  const key = (member.childForFieldName('key') ?? member.childForFieldName('name') ?? member).text;
  const name = key.replace(/^["']|["']$/g, '');
  const value = member.type === 'pair' ? member.childForFieldName('value') : member;
  if (!value || !/^[\w$]+$/.test(name))
    return visit(member, into, { ...EXPORTED, exported: false });
  if (member.type === 'shorthand_property_identifier')
    into.facts.exports.push({ exported: name, local: name, from: null });
  else exportNamed(member, name, value, into);
}

/** `owner.name = function`, where the owner is declared in this file. */
function readMember(node: Node, left: Node, right: Node, into: FactsCollector): boolean {
  if (left.type !== 'member_expression' || !isFunctionNode(right)) return false;
  const match = /^([\w$]+)(?:\.prototype)?\.([\w$]+)$/.exec(left.text);
  const [, owner, name] = match ?? [];
  const index = into.facts.symbols.findIndex((one) => one.parent === null && one.name === owner);
  if (name === undefined || index === -1) return false;
  const place = { within: index, exported: false, decorators: [] };
  addFunction(node, into, place, right, 'method', name);
  return true;
}

function declare(node: Node, name: string, value: Node, into: FactsCollector, place: Place): void {
  if (isFunctionNode(value)) return addFunction(node, into, place, value, 'function', name);
  if (value.type === 'class') return addClass(value, into, place, name);
  const index = into.symbol(node, place.within, { name, kind: 'variable', isExported: true });
  visit(value, into, { within: index, exported: false, decorators: [] });
}
