import type { FlatNode as Node } from '../../syntax/flat-node.js';
import type { Extractor } from '../extractor.js';
import type { SymbolFact } from '../file-facts.js';
import {
  lineOf,
  oneLine,
  plainType,
  signatureOf,
  type FactsCollector,
} from '../facts-collector.js';
import { fieldTypes, genericsOf, isInterface, modifiersOf, visibilityOf } from './java-members.js';

const TYPES: Readonly<Record<string, SymbolFact['kind']>> = {
  class_declaration: 'class',
  record_declaration: 'class',
  interface_declaration: 'interface',
  annotation_type_declaration: 'interface',
  enum_declaration: 'enum',
};

/** Java: types with their members; type names used are kept, as same-package use needs no import. */
export const extractJava: Extractor = (root, into) => visitChildren(root, into, null);

function visitChildren(node: Node, into: FactsCollector, within: number | null): void {
  for (const child of node.namedChildren) visit(child, into, within);
}

function visit(node: Node, into: FactsCollector, within: number | null): void {
  switch (node.type) {
    case 'package_declaration':
      into.facts.namespaces.push(node.namedChildren.at(-1)?.text ?? '');
      return;
    case 'import_declaration':
      return readImport(node, into);
    case 'class_declaration':
    case 'record_declaration':
    case 'interface_declaration':
    case 'annotation_type_declaration':
    case 'enum_declaration':
      return readType(node, into, within);
    case 'method_declaration':
    case 'constructor_declaration':
    case 'compact_constructor_declaration':
      return readMethod(node, into, within);
    case 'field_declaration':
    case 'constant_declaration':
      return readField(node, into, within);
    case 'local_variable_declaration':
      readLocal(node, into);
      return visitChildren(node, into, within);
    case 'enhanced_for_statement':
    case 'catch_formal_parameter':
    case 'resource':
    case 'formal_parameter': {
      const name = node.childForFieldName('name')?.text;
      if (name) into.scopes.bind(name, plainType(node.childForFieldName('type')?.text ?? ''));
      return visitChildren(node, into, within);
    }
    case 'lambda_expression': {
      const parameters = node.childForFieldName('parameters');
      into.scopes.enterFunction();
      const bound =
        parameters?.type === 'identifier' ? [parameters] : (parameters?.namedChildren ?? []);
      for (const one of bound) if (one.type === 'identifier') into.scopes.bind(one.text, null);
      visitChildren(node, into, within);
      into.scopes.leaveFunction();
      return;
    }
    case 'method_invocation':
      readCall(node, into, within);
      return visitChildren(node, into, within);
    case 'object_creation_expression': {
      const type = plainType(node.childForFieldName('type')?.text ?? '');
      if (type) into.call(node, type, within);
      return visitChildren(node, into, within);
    }
    case 'annotation':
    case 'marker_annotation': {
      const name = node.childForFieldName('name');
      if (name) into.typeReference(name, name.text);
      return visitChildren(node, into, within);
    }
    case 'scoped_type_identifier':
      return readScopedType(node, into);
    case 'type_identifier':
      return into.typeReference(node, node.text);
    case 'field_access': {
      const object = node.childForFieldName('object');
      if (object?.type === 'identifier' && /^[A-Z]/.test(object.text))
        into.typeReference(object, object.text);
      return visitChildren(node, into, within);
    }
    case 'line_comment':
    case 'block_comment':
      return;
    default:
      return visitChildren(node, into, within);
  }
}

/** `org.shop.Store` or `Store.Item`: the whole is a type, and so is a head that begins with a capital. */
function readScopedType(node: Node, into: FactsCollector): void {
  const name = plainType(node.text);
  if (!name) return;
  into.typeReference(node, name);
  const head = name.slice(0, name.indexOf('.'));
  if (/^[A-Z]/.test(head)) into.typeReference(node, head);
}

function readImport(node: Node, into: FactsCollector): void {
  const path = node.namedChildren.find((one) => one.type.endsWith('identifier'))?.text ?? '';
  const isStatic = node.children.some((one) => one.type === 'static');
  const wildcard = node.namedChildren.some((one) => one.type === 'asterisk');
  const last = path.slice(path.lastIndexOf('.') + 1);
  const name = wildcard ? '*' : last;
  into.facts.imports.push({
    raw: wildcard ? `${path}.*` : path,
    line: lineOf(node),
    names: [{ imported: name, local: name }],
    kind: isStatic ? 'static' : 'import',
  });
}

function readType(node: Node, into: FactsCollector, within: number | null): void {
  const { words, annotations } = modifiersOf(node);
  const visibility = visibilityOf(words, isInterface(into, within));
  const index = into.symbol(node, within, {
    name: node.childForFieldName('name')?.text ?? '',
    kind: TYPES[node.type] ?? 'class',
    isExported: visibility === 'public',
    decorators: annotations,
    genericParams: genericsOf(node),
    visibility,
    signature: signatureOf(node),
  });
  const superclass = node.childForFieldName('superclass')?.namedChild(0);
  if (superclass) into.heritage(index, superclass, 'extends');
  for (const clause of node.namedChildren) {
    const relation = clause.type === 'super_interfaces' ? 'implements' : 'extends';
    if (clause.type !== 'super_interfaces' && clause.type !== 'extends_interfaces') continue;
    for (const type of clause.namedChild(0)?.namedChildren ?? [])
      into.heritage(index, type, relation);
  }
  into.scopes.enterClass(fieldTypes(node));
  visitChildren(node, into, index);
  into.scopes.leaveClass();
}

function readMethod(node: Node, into: FactsCollector, within: number | null): void {
  const { words, annotations } = modifiersOf(node);
  const name = node.childForFieldName('name')?.text ?? '';
  const visibility = visibilityOf(words, isInterface(into, within));
  const parameters = node.childForFieldName('parameters')?.namedChildren ?? [];
  const index = into.scopes.insideFunction
    ? within
    : into.symbol(node, within, {
        name,
        kind: 'method',
        isExported: visibility === 'public',
        returnType: node.childForFieldName('type')?.text ?? null,
        parameters: parameters
          .filter((one) => one.type.endsWith('parameter'))
          .map((one) => ({
            name: (one.childForFieldName('name') ?? one.namedChildren.at(-1))?.text ?? '',
            type: (one.childForFieldName('type') ?? one.namedChild(0))?.text ?? null,
          })),
        decorators: annotations,
        genericParams: genericsOf(node),
        visibility,
      });
  if (name === 'main' && words.includes('static')) into.facts.isEntryPoint = true;
  into.scopes.enterFunction();
  visitChildren(node, into, index);
  into.scopes.leaveFunction();
}

function readField(node: Node, into: FactsCollector, within: number | null): void {
  const { words, annotations } = modifiersOf(node);
  const visibility = visibilityOf(words, isInterface(into, within));
  for (const declarator of into.scopes.insideFunction
    ? []
    : node.childrenForFieldName('declarator')) {
    into.symbol(node, within, {
      name: declarator.childForFieldName('name')?.text ?? '',
      kind: 'variable',
      isExported: visibility === 'public',
      returnType: node.childForFieldName('type')?.text ?? null,
      decorators: annotations,
      visibility,
      signature: oneLine(node.text, 120),
    });
  }
  visitChildren(node, into, within);
}

function readLocal(node: Node, into: FactsCollector): void {
  const declared = node.childForFieldName('type')?.text ?? '';
  for (const one of node.childrenForFieldName('declarator')) {
    const value = one.childForFieldName('value');
    const made =
      value?.type === 'object_creation_expression' ? value.childForFieldName('type') : null;
    const type = declared === 'var' ? (made?.text ?? '') : declared;
    const name = one.childForFieldName('name')?.text;
    if (name) into.scopes.bind(name, plainType(type));
  }
}

function readCall(node: Node, into: FactsCollector, within: number | null): void {
  const at = node.childForFieldName('name') ?? node;
  const name = at.text;
  const object = node.childForFieldName('object');
  if (!object) return into.call(at, `this.${name}`, within);
  const isPath = /^[\w$]+(?:\.[\w$]+)*$/.test(object.text);
  if (object.type === 'identifier' && /^[A-Z]/.test(object.text))
    into.typeReference(object, object.text);
  const made =
    object.type === 'object_creation_expression' ? object.childForFieldName('type') : null;
  into.call(
    at,
    `${isPath ? object.text : '?'}.${name}`,
    within,
    made ? plainType(made.text) : null,
  );
}
