import type { FlatNode as Node } from '../../syntax/flat-node.js';
import type { Extractor } from '../extractor.js';
import type { SymbolFact } from '../file-facts.js';
import { oneLine, plainType, type FactsCollector } from '../facts-collector.js';
import { readPythonImport } from './python-imports.js';

interface Place {
  within: number | null;
  inClass: boolean;
  decorators: readonly string[];
}

/** Python: everything at module level counts as exported unless it starts with an underscore. */
export const extractPython: Extractor = (root, into) => {
  visitChildren(root, into, { within: null, inClass: false, decorators: [] });
};

function visitChildren(node: Node, into: FactsCollector, place: Place): void {
  for (const child of node.namedChildren) visit(child, into, place);
}

function visit(node: Node, into: FactsCollector, place: Place): void {
  switch (node.type) {
    case 'import_statement':
    case 'import_from_statement':
      return readPythonImport(node, into);
    case 'decorated_definition': {
      const decorators = node.namedChildren.filter((one) => one.type === 'decorator');
      for (const one of decorators) visitChildren(one, into, place);
      const definition = node.childForFieldName('definition');
      const texts = decorators.map((one) => oneLine(one.text, 300));
      if (definition) visit(definition, into, { ...place, decorators: texts });
      return;
    }
    case 'function_definition':
      return readFunction(node, into, place);
    case 'class_definition':
      return readClass(node, into, place);
    case 'assignment':
      return readAssignment(node, into, place);
    case 'call':
      readCall(node, into, place);
      return visitChildren(node, into, place);
    case 'for_statement':
    case 'for_in_clause':
    case 'named_expression':
      for (const name of targetNames(
        node.childForFieldName('left') ?? node.childForFieldName('name'),
      )) {
        into.scopes.bind(name, null);
      }
      return visitChildren(node, into, place);
    case 'if_statement':
      if (/__name__\s*==\s*["']__main__/.test(node.childForFieldName('condition')?.text ?? '')) {
        into.facts.isEntryPoint = true;
      }
      return visitChildren(node, into, place);
    case 'comment':
    case 'string_content':
      return;
    default:
      return visitChildren(node, into, place);
  }
}

function visibilityOf(name: string): SymbolFact['visibility'] {
  if (name.startsWith('__') && !name.endsWith('__')) return 'private';
  return name.startsWith('_') && !name.endsWith('__') ? 'protected' : 'public';
}

function readFunction(node: Node, into: FactsCollector, place: Place): void {
  const name = node.childForFieldName('name')?.text ?? '';
  const nested = into.scopes.insideFunction;
  const parameters = (node.childForFieldName('parameters')?.namedChildren ?? []).map(readParameter);
  let within = place.within;
  if (nested) into.scopes.bind(name, null);
  else {
    within = into.symbol(node, place.within, {
      name,
      kind: place.inClass ? 'method' : 'function',
      isExported: place.within === null && !name.startsWith('_'),
      isAsync: node.children.some((one) => one.type === 'async'),
      returnType: node.childForFieldName('return_type')?.text ?? null,
      parameters,
      decorators: [...place.decorators],
      visibility: visibilityOf(name),
    });
  }
  into.scopes.enterFunction();
  for (const one of parameters) {
    if (one.name === 'self' || one.name === 'cls') continue;
    into.scopes.bind(
      one.name.replace(/^\*+/, ''),
      one.type === null ? null : annotatedType(one.type),
    );
  }
  const body = node.childForFieldName('body');
  if (body) visitChildren(body, into, { within, inClass: false, decorators: [] });
  into.scopes.leaveFunction();
}

function readParameter(node: Node): { name: string; type: string | null } {
  const named = node.childForFieldName('name') ?? node.namedChild(0) ?? node;
  const isPattern = node.type.endsWith('splat_pattern') || node.type === 'identifier';
  return {
    name: isPattern ? node.text : named.text,
    type: node.childForFieldName('type')?.text ?? null,
  };
}

function readClass(node: Node, into: FactsCollector, place: Place): void {
  const name = node.childForFieldName('name')?.text ?? '';
  const nested = into.scopes.insideFunction;
  const within = nested
    ? place.within
    : into.symbol(node, place.within, {
        name,
        kind: 'class',
        isExported: place.within === null && !name.startsWith('_'),
        decorators: [...place.decorators],
        visibility: visibilityOf(name),
      });
  for (const base of node.childForFieldName('superclasses')?.namedChildren ?? []) {
    const isName =
      base.type === 'identifier' || base.type === 'attribute' || base.type === 'subscript';
    if (isName && within !== null && !nested) into.heritage(within, base, 'extends');
  }
  const body = node.childForFieldName('body');
  if (!body) return;
  into.scopes.enterClass(selfFields(body));
  visitChildren(body, into, { within, inClass: true, decorators: [] });
  into.scopes.leaveClass();
}

/**
 * Types of a class's attributes: annotated ones, `self.x = Type(...)`, and `self.x = x` in a method whose
 * parameter `x` is annotated.
 */
function selfFields(body: Node): Map<string, string | null> {
  const types = new Map<string, string | null>();
  for (const statement of body.namedChildren) {
    const definition = statement.childForFieldName('definition') ?? statement;
    const method = definition.type === 'function_definition' ? definition : null;
    const parameters = new Map(
      (method?.childForFieldName('parameters')?.namedChildren ?? [])
        .map(readParameter)
        .map(({ name, type }) => [name, type]),
    );
    const assignments = method
      ? method.descendantsOfType('assignment')
      : statement.namedChildren.filter((one) => one.type === 'assignment');
    for (const one of assignments) {
      const left = one.childForFieldName('left')?.text ?? '';
      const name = (method ? /^self\.(\w+)$/ : /^(\w+)$/).exec(left)?.[1];
      const right = one.childForFieldName('right');
      const type =
        one.childForFieldName('type')?.text ??
        constructedType(right) ??
        (right?.type === 'identifier' ? parameters.get(right.text) : null);
      if (name && type && !types.has(name)) types.set(name, annotatedType(type));
    }
  }
  return types;
}

/** The class an annotation names: that of `X`, `"X"`, `X | None`, `Optional[X]`; none of unions and containers. */
function annotatedType(annotation: string): string | null {
  const unquoted = annotation.trim().replace(/^(["'])(.*)\1$/s, '$2');
  const plain = unquoted
    .replace(/^(?:\w+\.)?Optional\[(.*)\]$/s, '$1')
    .replace(/\s*\|\s*None$|^None\s*\|\s*/, '');
  return /^[\w.]+(?:\[.*\])?$/s.test(plain) ? plainType(plain) : null;
}

function constructedType(value: Node | null): string | null {
  if (value?.type === 'await') return constructedType(value.namedChild(0));
  const callee = value?.type === 'call' ? value.childForFieldName('function')?.text : undefined;
  return callee && /^(?:\w+\.)*[A-Z]\w*$/.test(callee) ? callee : null;
}

function readAssignment(node: Node, into: FactsCollector, place: Place): void {
  const left = node.childForFieldName('left');
  const right = node.childForFieldName('right');
  const type = node.childForFieldName('type')?.text ?? constructedType(right);
  for (const name of targetNames(left)) {
    if (into.scopes.insideFunction) {
      into.scopes.bind(name, left?.type === 'identifier' && type ? annotatedType(type) : null);
    } else if (
      !into.facts.symbols.some((one) => one.parent === place.within && one.name === name)
    ) {
      into.symbol(node, place.within, {
        name,
        kind: 'variable',
        isExported: place.within === null && !name.startsWith('_'),
        returnType: type,
        visibility: visibilityOf(name),
        signature: oneLine(node.text, 120),
      });
    }
  }
  if (right) visit(right, into, place);
}

function targetNames(node: Node | null): string[] {
  if (!node) return [];
  if (node.type === 'identifier') return [node.text];
  const isList = node.type === 'pattern_list' || node.type === 'tuple_pattern';
  return isList ? node.namedChildren.flatMap(targetNames) : [];
}

function readCall(node: Node, into: FactsCollector, place: Place): void {
  const callee = node.childForFieldName('function');
  const name = callee && dotted(callee);
  if (name) into.call(callee.childForFieldName('attribute') ?? callee, name, place.within);
  if (name && /^(app|application|server)\.run$|^uvicorn\.run$/.test(name)) {
    into.facts.isEntryPoint = true;
  }
}

function dotted(node: Node): string | null {
  if (node.type === 'identifier') return node.text;
  if (node.type === 'call')
    return node.childForFieldName('function')?.text === 'super' ? 'super' : null;
  if (node.type !== 'attribute') return null;
  const object = node.childForFieldName('object');
  const name = node.childForFieldName('attribute')?.text;
  return object && name ? `${dotted(object) ?? '?'}.${name}` : null;
}
