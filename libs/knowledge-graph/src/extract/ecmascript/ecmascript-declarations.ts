import type { FlatNode as Node } from '../../syntax/flat-node.js';
import type { SymbolFact } from '../file-facts.js';
import { oneLine, plainType, signatureOf, type FactsCollector } from '../facts-collector.js';
import { visit, visitFunctionBody, type Place } from './ecmascript-extractor.js';
import { genericsOf, isAsync, isFunctionNode, parametersOf } from './ecmascript-functions.js';

/**
 * A function, or a variable, object member or class field that holds one (`held`). Inside another
 * function it is not a symbol of its own; its calls count for the enclosing one.
 */
export function addFunction(
  node: Node,
  into: FactsCollector,
  place: Place,
  held: Node = node,
  kind: SymbolFact['kind'] = 'function',
  given?: string,
): void {
  if (into.scopes.insideFunction) return visitFunctionBody(held, into, place.within);
  const nameNode = node.childForFieldName('name') ?? node.childForFieldName('key');
  const name = given ?? nameNode?.text.replace(/^["']|["']$/g, '') ?? 'default';
  const index = into.symbol(node, place.within, {
    name,
    kind: kind === 'function' && isComponent(name, held, into) ? 'component' : kind,
    isExported: place.exported,
    isAsync: isAsync(held),
    returnType: held.childForFieldName('return_type')?.text.replace(/^:\s*/, '') ?? null,
    parameters: parametersOf(held).map(({ text, type }) => ({ name: text, type })),
    genericParams: genericsOf(held),
    decorators: [...place.decorators],
    signature: signature(node, held),
    visibility: visibilityOf(node, name),
  });
  visitFunctionBody(held, into, index);
}

function signature(node: Node, held: Node): string {
  if (node === held) return signatureOf(node);
  const body = held.childForFieldName('body');
  const end = (body?.startIndex ?? node.endIndex) - node.startIndex;
  const head = node.text.slice(0, Math.min(end, 2_000));
  return oneLine(head.replace(/\s*(?:=>|\{)\s*$/, ''), 300);
}

/** A React component: a capitalised function whose body holds JSX. */
function isComponent(name: string, node: Node, into: FactsCollector): boolean {
  if (!/^[A-Z]/.test(name) || into.facts.language === 'typescript') return false;
  return (
    node.descendantsOfType(['jsx_element', 'jsx_self_closing_element', 'jsx_fragment']).length > 0
  );
}

function visibilityOf(node: Node, name: string): SymbolFact['visibility'] {
  if (name.startsWith('#')) return 'private';
  const modifier = node.children.find((one) => one.type === 'accessibility_modifier')?.text;
  return modifier === 'private' || modifier === 'protected' ? modifier : 'public';
}

export function addClass(node: Node, into: FactsCollector, place: Place, given?: string): void {
  const name = given ?? node.childForFieldName('name')?.text ?? 'default';
  const decorators = [...place.decorators, ...decoratorsOf(node)];
  const index = into.scopes.insideFunction
    ? place.within
    : into.symbol(node, place.within, {
        name,
        kind: 'class',
        isExported: place.exported,
        decorators,
        genericParams: genericsOf(node),
      });
  if (index !== null && !into.scopes.insideFunction) readHeritage(node, index, into);
  for (const one of node.namedChildren) {
    if (one.type === 'decorator')
      visit(one, into, { within: index, exported: false, decorators: [] });
  }
  const body = node.childForFieldName('body');
  if (!body) return;
  into.scopes.enterClass(fieldTypes(body));
  let pending: string[] = [];
  for (const member of body.namedChildren) {
    if (member.type === 'decorator') {
      pending.push(oneLine(member.text, 300));
      visit(member, into, { within: index, exported: false, decorators: [] });
    } else if (member.type !== 'comment') {
      addMember(member, into, { within: index, exported: false, decorators: pending });
      pending = [];
    }
  }
  into.scopes.leaveClass();
}

function addMember(member: Node, into: FactsCollector, place: Place): void {
  const value = member.childForFieldName('value');
  const decorators = [...place.decorators, ...decoratorsOf(member)];
  const isMethod = member.type === 'method_definition' || member.type.endsWith('method_signature');
  if (isMethod || (value && isFunctionNode(value))) {
    const held = isMethod ? member : (value ?? member);
    return addFunction(member, into, { ...place, decorators }, held, 'method');
  }
  const name = member.childForFieldName('name')?.text;
  if (member.type === 'public_field_definition' && name && !into.scopes.insideFunction) {
    into.symbol(member, place.within, {
      name,
      kind: 'variable',
      decorators,
      returnType: member.childForFieldName('type')?.text.replace(/^:\s*/, '') ?? null,
      visibility: visibilityOf(member, name),
    });
  }
  for (const child of member.namedChildren) visit(child, into, { ...place, decorators: [] });
}

function decoratorsOf(node: Node): string[] {
  return node.namedChildren
    .filter((one) => one.type === 'decorator')
    .map((one) => oneLine(one.text, 300));
}

/** Declared types of fields and of constructor parameters that declare fields. */
function fieldTypes(body: Node): Map<string, string | null> {
  const types = new Map<string, string | null>();
  for (const member of body.namedChildren) {
    const name = member.childForFieldName('name')?.text;
    if (member.type === 'public_field_definition' && name) {
      const value = member.childForFieldName('value');
      const made = value?.type === 'new_expression' ? value.childForFieldName('constructor') : null;
      const type = member.childForFieldName('type')?.text ?? made?.text;
      types.set(name, type ? plainType(type) : null);
    } else if (name === 'constructor') {
      for (const one of parametersOf(member)) {
        if (one.isField && one.type) types.set(one.text, plainType(one.type));
      }
    }
  }
  return types;
}

function readHeritage(node: Node, index: number, into: FactsCollector): void {
  const heritage = node.namedChildren.find((one) => one.type === 'class_heritage');
  for (const clause of heritage?.namedChildren ?? []) {
    if (clause.type === 'implements_clause') {
      for (const type of clause.namedChildren) into.heritage(index, type, 'implements');
    } else {
      const value = clause.childForFieldName('value') ?? clause;
      into.heritage(index, value, 'extends');
    }
  }
}

export function addInterface(node: Node, into: FactsCollector, place: Place): void {
  const name = node.childForFieldName('name')?.text;
  if (!name || into.scopes.insideFunction) return;
  const index = into.symbol(node, place.within, {
    name,
    kind: 'interface',
    isExported: place.exported,
    genericParams: genericsOf(node),
  });
  const clause = node.namedChildren.find((one) => one.type === 'extends_type_clause');
  for (const type of clause?.namedChildren ?? []) into.heritage(index, type, 'extends');
  for (const member of node.childForFieldName('body')?.namedChildren ?? []) {
    if (member.type === 'method_signature') {
      addFunction(
        member,
        into,
        { within: index, exported: false, decorators: [] },
        member,
        'method',
      );
    }
  }
}

export function addEnumOrType(node: Node, into: FactsCollector, place: Place): void {
  const name = node.childForFieldName('name')?.text;
  if (!name || into.scopes.insideFunction) return;
  into.symbol(node, place.within, {
    name,
    kind: node.type === 'enum_declaration' ? 'enum' : 'type',
    isExported: place.exported,
    genericParams: genericsOf(node),
  });
}
