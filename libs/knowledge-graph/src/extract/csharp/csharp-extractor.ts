import type { FlatNode as Node } from '../../syntax/flat-node.js';
import type { Extractor } from '../extractor.js';
import type { SymbolFact } from '../file-facts.js';
import {
  attributesOf,
  fieldTypes,
  genericsOf,
  memberFallback,
  modifiersOf,
  visibilityOf,
} from './csharp-members.js';
import { valueType, wantedType } from './csharp-types.js';
import { lineOf, oneLine, plainType, type FactsCollector } from '../facts-collector.js';

const TYPES: Readonly<Record<string, SymbolFact['kind']>> = {
  class_declaration: 'class',
  struct_declaration: 'class',
  record_declaration: 'class',
  record_struct_declaration: 'class',
  interface_declaration: 'interface',
  enum_declaration: 'enum',
  delegate_declaration: 'type',
};

/** C#: types with their members, the namespaces they stand in, and the type names they use. */
export const extractCSharp: Extractor = (root, into) => {
  const isStep = (node: Node): boolean =>
    node.type === 'global_statement' && node.namedChild(0)?.type !== 'local_function_statement';
  for (const child of root.namedChildren) if (!isStep(child)) visit(child, into, null);
  // Statements of the top level share their variables, as the body of a function does.
  into.scopes.enterFunction();
  for (const child of root.namedChildren) if (isStep(child)) visit(child, into, null);
  into.scopes.leaveFunction();
};

function visitChildren(node: Node, into: FactsCollector, within: number | null): void {
  for (const child of node.namedChildren) visit(child, into, within);
}

function visit(node: Node, into: FactsCollector, within: number | null): void {
  if (TYPES[node.type]) return readType(node, into, within);
  switch (node.type) {
    case 'using_directive':
      return readUsing(node, into);
    case 'namespace_declaration':
    case 'file_scoped_namespace_declaration': {
      const name = node.childForFieldName('name')?.text;
      if (name && !into.facts.namespaces.includes(name)) into.facts.namespaces.push(name);
      return visitChildren(node, into, within);
    }
    case 'method_declaration':
    case 'constructor_declaration':
    case 'local_function_statement':
      return readMethod(node, into, within);
    case 'property_declaration': {
      const property = addValue(node, node, into, within);
      into.scopes.enterFunction();
      visitChildren(node, into, property ?? within);
      into.scopes.leaveFunction();
      return;
    }
    case 'field_declaration':
    case 'event_field_declaration': {
      const declaration = node.namedChildren.find((one) => one.type === 'variable_declaration');
      for (const one of declaration?.namedChildren ?? []) {
        if (one.type === 'variable_declarator') addValue(node, one, into, within);
      }
      return visitChildren(node, into, within);
    }
    case 'global_statement':
      into.facts.isEntryPoint = true;
      return visitChildren(node, into, within);
    case 'variable_declaration':
      readLocal(node, into);
      return visitTyped(node, into, within);
    case 'foreach_statement': {
      const left = node.childForFieldName('left')?.text;
      if (left) into.scopes.bind(left, plainType(node.childForFieldName('type')?.text ?? ''));
      return visitTyped(node, into, within);
    }
    case 'parameter': {
      const name = node.childForFieldName('name')?.text;
      if (name) into.scopes.bind(name, plainType(node.childForFieldName('type')?.text ?? ''));
      return visitTyped(node, into, within);
    }
    case 'invocation_expression':
      readCall(node, into, within);
      return visitChildren(node, into, within);
    case 'object_creation_expression': {
      const type = plainType(node.childForFieldName('type')?.text ?? '');
      if (type) into.call(node, type, within);
      return visitTyped(node, into, within);
    }
    case 'implicit_object_creation_expression': {
      const type = plainType(wantedType(node)?.text ?? '');
      if (type) into.call(node, type, within);
      return visitChildren(node, into, within);
    }
    case 'attribute': {
      const name = node.childForFieldName('name')?.text;
      if (name) into.typeReference(node, name);
      return visitChildren(node, into, within);
    }
    case 'member_access_expression': {
      const object = node.childForFieldName('expression');
      if (object?.type === 'identifier' && /^[A-Z]/.test(object.text))
        into.typeReference(object, object.text);
      return visitChildren(node, into, within);
    }
    case 'type_argument_list':
    case 'base_list':
      for (const one of node.namedChildren) referType(one, into);
      return visitChildren(node, into, within);
    case 'comment':
      return;
    default:
      return visitTyped(node, into, within);
  }
}

/** Visits a node whose `type` (or `returns`) field names a type. */
function visitTyped(node: Node, into: FactsCollector, within: number | null): void {
  referType(node.childForFieldName('type'), into);
  referType(node.childForFieldName('returns'), into);
  visitChildren(node, into, within);
}

function referType(node: Node | null, into: FactsCollector): void {
  const name = node && plainType(node.text);
  if (node && name && /^[A-Z]/.test(name)) into.typeReference(node, name);
}

function readUsing(node: Node, into: FactsCollector): void {
  const alias = node.childForFieldName('name');
  const path = node.namedChildren.filter((one) => !alias || !one.equals(alias)).at(-1)?.text;
  if (!path) return;
  const isStatic = node.children.some((one) => one.type === 'static');
  const last = path.slice(path.lastIndexOf('.') + 1);
  if (isStatic) into.typeReference(node, last);
  into.facts.imports.push({
    raw: path,
    line: lineOf(node),
    names: alias ? [{ imported: last, local: alias.text }] : [{ imported: '*', local: '*' }],
    kind: isStatic ? 'static' : 'import',
  });
}

function readType(node: Node, into: FactsCollector, within: number | null): void {
  const visibility = visibilityOf(modifiersOf(node), within === null ? 'package' : 'private');
  const index = into.symbol(node, within, {
    name: node.childForFieldName('name')?.text ?? '',
    kind: TYPES[node.type] ?? 'class',
    isExported: visibility === 'public',
    decorators: attributesOf(node),
    genericParams: genericsOf(node),
    visibility,
  });
  const bases = node.namedChildren.find((one) => one.type === 'base_list');
  for (const base of bases?.namedChildren ?? []) {
    // The text does not tell a base class from an interface; the I-prefix convention does.
    const isInterface =
      /^(?:\w+\.)*I[A-Z]/.test(base.text) && node.type !== 'interface_declaration';
    if (base.type !== 'argument_list')
      into.heritage(index, base, isInterface ? 'implements' : 'extends');
  }
  into.scopes.enterClass(fieldTypes(node));
  visitChildren(node, into, index);
  into.scopes.leaveClass();
}

function readMethod(node: Node, into: FactsCollector, within: number | null): void {
  const words = modifiersOf(node);
  const name = node.childForFieldName('name')?.text ?? '';
  const visibility = visibilityOf(words, memberFallback(into, within));
  const returns = node.childForFieldName('returns') ?? node.childForFieldName('type');
  referType(returns, into);
  const index = into.scopes.insideFunction
    ? within
    : into.symbol(node, within, {
        name,
        kind: within === null ? 'function' : 'method',
        isExported: visibility === 'public',
        isAsync: words.includes('async'),
        returnType: returns?.text ?? null,
        parameters: (node.childForFieldName('parameters')?.namedChildren ?? [])
          .filter((one) => one.type === 'parameter')
          .map((one) => ({
            name: one.childForFieldName('name')?.text ?? '',
            type: one.childForFieldName('type')?.text ?? null,
          })),
        decorators: attributesOf(node),
        genericParams: genericsOf(node),
        visibility,
      });
  if (name === 'Main' && words.includes('static')) into.facts.isEntryPoint = true;
  into.scopes.enterFunction();
  visitChildren(node, into, index);
  into.scopes.leaveFunction();
}

function addValue(
  node: Node,
  declarator: Node,
  into: FactsCollector,
  within: number | null,
): number | null {
  if (into.scopes.insideFunction) return null;
  const declaration = node.namedChildren.find((one) => one.type === 'variable_declaration') ?? node;
  const visibility = visibilityOf(modifiersOf(node), memberFallback(into, within));
  const type = declaration.childForFieldName('type');
  referType(type, into);
  return into.symbol(node, within, {
    name: declarator.childForFieldName('name')?.text ?? '',
    kind: 'variable',
    isExported: visibility === 'public',
    returnType: type?.text ?? null,
    decorators: attributesOf(node),
    visibility,
    signature: oneLine(node.text, 120),
  });
}

function readLocal(node: Node, into: FactsCollector): void {
  const type = node.childForFieldName('type');
  for (const one of node.namedChildren) {
    if (one.type !== 'variable_declarator') continue;
    const value = one.namedChildren.at(-1) ?? null;
    into.scopes.bind(
      one.childForFieldName('name')?.text ?? '',
      type?.type === 'implicit_type' ? valueType(value, into) : plainType(type?.text ?? ''),
    );
  }
}

function readCall(node: Node, into: FactsCollector, within: number | null): void {
  const callee = node.childForFieldName('function');
  if (!callee) return;
  const text = callee.text.replace(/<[^()]*>$/, '').replace(/^base\./, 'super.');
  if (callee.type === 'identifier' || callee.type === 'generic_name') {
    into.call(node, `this.${text}`, within);
  } else if (/^[\w]+(?:\.[\w]+)+$/.test(text)) {
    into.call(node, text, within);
  } else {
    const name = plainType(callee.childForFieldName('name')?.text ?? '');
    if (name) into.call(node, `?.${name}`, within);
  }
}
