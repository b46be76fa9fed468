import type { FlatNode as Node } from '../../syntax/flat-node.js';
import type { Extractor } from '../extractor.js';
import { plainType, type FactsCollector } from '../facts-collector.js';
import { readCall, readJsx, readNew } from './ecmascript-calls.js';
import { readAssignment, readExportedVariable } from './ecmascript-commonjs.js';
import { addClass, addEnumOrType, addFunction, addInterface } from './ecmascript-declarations.js';
import { isFunctionNode, parametersOf, patternNames } from './ecmascript-functions.js';
import { readExport, readImport, readRequire } from './ecmascript-modules.js';

/** Where the walk is: the innermost symbol, and whether the declaration at hand is exported. */
export interface Place {
  within: number | null;
  exported: boolean;
  decorators: readonly string[];
}

/** TypeScript, TSX, JavaScript and JSX. */
export const extractEcmaScript: Extractor = (root, into) => {
  visitChildren(root, into, { within: null, exported: false, decorators: [] });
  markExported(into);
};

function visitChildren(node: Node, into: FactsCollector, place: Place): void {
  for (const child of node.branches) visit(child, into, place);
}

export function visit(node: Node, into: FactsCollector, place: Place): void {
  switch (node.type) {
    case 'import_statement':
      return readImport(node, into);
    case 'export_statement':
      return readExport(node, into, place);
    case 'class_declaration':
    case 'abstract_class_declaration':
    case 'class':
      return addClass(node, into, place);
    case 'function_declaration':
    case 'generator_function_declaration':
    case 'function_signature':
      return addFunction(node, into, place);
    case 'interface_declaration':
      return addInterface(node, into, place);
    case 'enum_declaration':
    case 'type_alias_declaration':
      return addEnumOrType(node, into, place);
    case 'variable_declarator':
      return readVariable(node, into, place);
    case 'internal_module':
      return readNamespace(node, into, place);
    case 'call_expression':
      readCall(node, into, place.within);
      return visitChildren(node, into, { within: place.within, exported: false, decorators: [] });
    case 'new_expression':
      readNew(node, into, place.within);
      return visitChildren(node, into, place);
    case 'jsx_opening_element':
    case 'jsx_self_closing_element':
      readJsx(node, into, place.within);
      return visitChildren(node, into, place);
    case 'assignment_expression':
      return readAssignment(node, into) ? undefined : visitChildren(node, into, place);
    case 'catch_clause':
      bindPattern(node.childForFieldName('parameter'), into);
      return visitChildren(node, into, place);
    case 'for_in_statement':
      bindPattern(node.childForFieldName('left'), into);
      return visitChildren(node, into, place);
    case 'comment':
      return;
    default:
      if (isFunctionNode(node)) return visitFunctionBody(node, into, place.within);
      return visitChildren(node, into, inner(node, place));
  }
}

/** `export` reaches only the declaration itself, not what its initialiser contains. */
function inner(node: Node, place: Place): Place {
  const keeps = node.type === 'lexical_declaration' || node.type === 'variable_declaration';
  if (keeps || node.type === 'ambient_declaration') return place;
  return place.exported || place.decorators.length > 0
    ? { within: place.within, exported: false, decorators: [] }
    : place;
}

/** Walks a function with its parameters and locals in a scope of their own. */
export function visitFunctionBody(node: Node, into: FactsCollector, within: number | null): void {
  into.scopes.enterFunction();
  for (const parameter of parametersOf(node)) {
    for (const name of parameter.names) {
      into.scopes.bind(name, parameter.type === null ? null : plainType(parameter.type));
    }
  }
  const body = node.childForFieldName('body');
  if (body) {
    for (const statement of body.namedChildren) hoist(statement, into);
    visit(body, into, { within, exported: false, decorators: [] });
  }
  const parameters = node.childForFieldName('parameters');
  if (parameters) visitChildren(parameters, into, { within, exported: false, decorators: [] });
  into.scopes.leaveFunction();
}

function hoist(statement: Node, into: FactsCollector): void {
  if (statement.type.endsWith('function_declaration') || statement.type === 'class_declaration') {
    const name = statement.childForFieldName('name');
    if (name) into.scopes.bind(name.text, null);
  }
}

function bindPattern(node: Node | null, into: FactsCollector): void {
  if (node) for (const name of patternNames(node)) into.scopes.bind(name, null);
}

function readVariable(node: Node, into: FactsCollector, place: Place): void {
  const target = node.childForFieldName('name');
  const value = node.childForFieldName('value');
  if (!target) return;
  const required = value !== null && readRequire(target, value, into);
  // What a module-level require binds is an import, not a symbol of this file.
  if (required && !into.scopes.insideFunction) return;
  if (into.scopes.insideFunction) {
    const type = node.childForFieldName('type')?.text ?? constructed(value);
    for (const name of patternNames(target)) {
      into.scopes.bind(name, target.type === 'identifier' && type ? plainType(type) : null);
    }
    if (value) visit(value, into, { ...place, exported: false, decorators: [] });
    return;
  }
  if (target.type === 'identifier' && value) readExportedVariable(target, value, into);
  if (target.type === 'identifier' && value && isFunctionNode(value)) {
    return addFunction(node, into, place, value);
  }
  if (target.type === 'identifier' && value?.type === 'class') {
    return addClass(value, into, place, target.text);
  }
  let index: number | null = null;
  for (const name of patternNames(target)) {
    index = into.symbol(node, place.within, {
      name,
      kind: 'variable',
      isExported: place.exported,
      returnType: node.childForFieldName('type')?.text.replace(/^:\s*/, '') ?? constructed(value),
    });
  }
  if (value) visitValue(value, into, target.type === 'identifier' ? index : place.within);
}

/** Functions held by a module-level object literal are its methods. */
function visitValue(value: Node, into: FactsCollector, within: number | null): void {
  const place: Place = { within, exported: false, decorators: [] };
  if (value.type !== 'object') return visit(value, into, place);
  for (const member of value.namedChildren) {
    const held = member.type === 'pair' ? member.childForFieldName('value') : member;
    if (held && (held.type === 'method_definition' || isFunctionNode(held))) {
      addFunction(member, into, place, held, 'method');
    } else visit(member, into, place);
  }
}

function readNamespace(node: Node, into: FactsCollector, place: Place): void {
  const body = node.childForFieldName('body');
  if (body) visitChildren(body, into, { ...place, exported: false });
}

function constructed(value: Node | null): string | null {
  if (value?.type === 'await_expression') return constructed(value.namedChild(0));
  return value?.type === 'new_expression'
    ? (value.childForFieldName('constructor')?.text ?? null)
    : null;
}

function markExported(into: FactsCollector): void {
  const named = new Set(
    into.facts.exports.flatMap((one) => (one.from === null ? [one.local] : [])),
  );
  for (const symbol of into.facts.symbols) {
    const owner = symbol.parent === null ? null : into.facts.symbols[symbol.parent];
    if (!owner && named.has(symbol.name)) symbol.isExported = true;
    // What is assigned to an exported object or prototype is reached from outside as well.
    if (owner && owner.kind !== 'class' && symbol.kind === 'method')
      symbol.isExported = owner.isExported;
  }
}
