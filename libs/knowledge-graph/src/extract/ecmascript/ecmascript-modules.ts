import type { FlatNode as Node } from '../../syntax/flat-node.js';
import type { ImportFact } from '../file-facts.js';
import { lineOf, oneLine, stringValue, type FactsCollector } from '../facts-collector.js';
import { visit, type Place } from './ecmascript-extractor.js';
import { addClass, addFunction } from './ecmascript-declarations.js';
import { isFunctionNode } from './ecmascript-functions.js';

export function readImport(node: Node, into: FactsCollector): void {
  const clause = node.namedChildren.find((one) => one.type.startsWith('import_'));
  const source = node.childForFieldName('source') ?? clause?.childForFieldName('source') ?? null;
  const raw = stringValue(source);
  if (raw === null) return;
  const names: ImportFact['names'] = [];
  if (clause?.type === 'import_require_clause') {
    const local = clause.namedChild(0)?.text;
    if (local) names.push({ imported: '*', local });
  } else {
    for (const part of clause?.namedChildren ?? []) readImportedNames(part, names);
  }
  into.facts.imports.push({ raw, line: lineOf(node), names, kind: 'import' });
}

function readImportedNames(part: Node, names: ImportFact['names']): void {
  if (part.type === 'identifier') names.push({ imported: 'default', local: part.text });
  if (part.type === 'namespace_import') {
    const local = part.namedChild(0)?.text;
    if (local) names.push({ imported: '*', local });
  }
  if (part.type !== 'named_imports') return;
  for (const specifier of part.namedChildren) {
    const imported = specifier.childForFieldName('name')?.text;
    if (!imported) continue;
    names.push({ imported, local: specifier.childForFieldName('alias')?.text ?? imported });
  }
}

/** The specifier of `require('y')`, null for anything else. */
export function requiredSpecifier(node: Node): string | null {
  if (node.type !== 'call_expression') return null;
  if (node.childForFieldName('function')?.text !== 'require') return null;
  return stringValue(node.childForFieldName('arguments')?.namedChild(0) ?? null);
}

/** The name under which calls refer to a `require` that no variable holds. */
export function requiredName(node: Node): string {
  return `#${node.startPosition.row + 1}:${node.startPosition.column}`;
}

/** `const x = require('y')`, `= require('y').z` and `const { a, b: c } = require('y')`; false otherwise. */
export function readRequire(target: Node, value: Node, into: FactsCollector): boolean {
  const object = value.type === 'member_expression' ? value.childForFieldName('object') : null;
  const raw = requiredSpecifier(object ?? value);
  if (raw === null) return false;
  const names: ImportFact['names'] = [];
  if (target.type === 'identifier') {
    const imported = object ? (value.childForFieldName('property')?.text ?? '*') : '*';
    names.push({ imported, local: target.text });
  }
  for (const part of target.type === 'object_pattern' && !object ? target.namedChildren : []) {
    const imported = part.childForFieldName('key')?.text ?? part.text;
    const local = part.childForFieldName('value')?.text ?? part.text;
    if (/^[\w$]+$/.test(imported) && /^[\w$]+$/.test(local)) names.push({ imported, local });
  }
  into.facts.imports.push({ raw, line: lineOf(value), names, kind: 'import' });
  return true;
}

export function readExport(node: Node, into: FactsCollector, place: Place): void {
  const raw = stringValue(node.childForFieldName('source'));
  const clause = node.namedChildren.find((one) => one.type === 'export_clause');
  if (raw !== null) return readReexport(node, raw, clause, into);
  const { exports } = into.facts;
  for (const specifier of clause?.namedChildren ?? []) {
    const local = specifier.childForFieldName('name')?.text;
    if (!local) continue;
    exports.push({
      exported: specifier.childForFieldName('alias')?.text ?? local,
      local,
      from: null,
    });
  }
  const isDefault = node.children.some((one) => one.type === 'default');
  const decorators = node.namedChildren
    .filter((one) => one.type === 'decorator')
    .map((one) => oneLine(one.text, 300));
  const exported: Place = { within: place.within, exported: true, decorators };
  for (const one of node.namedChildren) {
    if (one.type === 'decorator') visit(one, into, { ...place, exported: false });
  }
  const value = node.childForFieldName('value');
  const declaration = node.childForFieldName('declaration') ?? value;
  if (!declaration) return readExportAssignment(node, into);
  const first = into.facts.symbols.length;
  if (declaration.type === 'identifier') {
    exports.push({ exported: 'default', local: declaration.text, from: null });
    return;
  }
  if (declaration.type === 'class') addClass(declaration, into, exported);
  else if (isFunctionNode(declaration)) addFunction(declaration, into, exported);
  else visit(declaration, into, exported);
  const symbols = into.facts.symbols.slice(first).filter((one) => one.parent === place.within);
  for (const symbol of symbols) {
    const name = isDefault ? 'default' : symbol.name;
    if (symbol.isExported) exports.push({ exported: name, local: symbol.name, from: null });
  }
}

/** `export = name` makes the module itself that name. */
function readExportAssignment(node: Node, into: FactsCollector): void {
  const [only] = node.namedChildren.filter((one) => one.type === 'identifier');
  if (only) into.facts.exports.push({ exported: 'default', local: only.text, from: null });
}

function readReexport(
  node: Node,
  raw: string,
  clause: Node | undefined,
  into: FactsCollector,
): void {
  const names: ImportFact['names'] = [];
  const { exports } = into.facts;
  for (const specifier of clause?.namedChildren ?? []) {
    const imported = specifier.childForFieldName('name')?.text;
    if (!imported) continue;
    const exported = specifier.childForFieldName('alias')?.text ?? imported;
    names.push({ imported, local: exported });
  }
  if (!clause) {
    const namespace = node.namedChildren.find((one) => one.type === 'namespace_export');
    const local = namespace?.namedChild(0)?.text ?? '*';
    names.push({ imported: '*', local });
    exports.push({ exported: local, local: null, from: raw });
  } else {
    for (const { local } of names) exports.push({ exported: local, local: null, from: raw });
  }
  into.facts.imports.push({ raw, line: lineOf(node), names, kind: 'reexport' });
}
