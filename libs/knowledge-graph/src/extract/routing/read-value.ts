import type { FlatNode as Node } from '../../syntax/flat-node.js';
import { UNKNOWN, type CallValue, type Value } from './routing-facts.js';

const MAX_DEPTH = 24;
const MAX_ITEMS = 200;
const MAX_TEXT = 400;

/** Gives a function node its index in the file's functions. */
export type FunctionIndex = (node: Node) => number;

/** Reads an expression of any of the languages; what routing can't use becomes `unknown`. */
export function readValue(node: Node | null, functions: FunctionIndex, depth = 0): Value {
  if (!node || depth > MAX_DEPTH) return UNKNOWN;
  const read = (one: Node | null): Value => readValue(one, functions, depth + 1);
  switch (node.type) {
    case 'string':
    case 'template_string':
    case 'interpolated_string_expression':
      return readString(node, read);
    case 'string_literal':
    case 'verbatim_string_literal':
    case 'raw_string_literal':
      return text(node.text.replace(/^@?"+|"+$/g, ''));
    case 'regex':
      return { kind: 'pattern', text: node.text.slice(0, MAX_TEXT) };
    case 'concatenated_string':
      return join(node.namedChildren.map(read));
    case 'binary_expression':
    case 'binary_operator':
      return readOperator(node, read);
    case 'identifier':
    case 'this':
    case 'type_identifier':
    case 'property_identifier':
    case 'shorthand_property_identifier':
      return name(node.text);
    case 'member_expression':
      return member(node.childForFieldName('object'), node.childForFieldName('property'), read);
    case 'attribute':
      return member(node.childForFieldName('object'), node.childForFieldName('attribute'), read);
    case 'field_access':
      return member(node.childForFieldName('object'), node.childForFieldName('field'), read);
    case 'member_access_expression':
      return member(node.childForFieldName('expression'), node.childForFieldName('name'), read);
    case 'method_reference':
      return name(node.text.replace('::', '.').slice(0, MAX_TEXT));
    case 'array':
    case 'list':
    case 'tuple':
    case 'set':
    case 'element_value_array_initializer':
    case 'array_initializer':
    case 'initializer_expression':
    case 'collection_expression':
    case 'expression_list':
      return { kind: 'list', items: items(node).map(read) };
    case 'object':
    case 'dictionary':
      return { kind: 'record', entries: items(node).flatMap((one) => entry(one, read)) };
    case 'call_expression':
    case 'new_expression':
    case 'call':
    case 'method_invocation':
    case 'object_creation_expression':
    case 'invocation_expression':
    case 'annotation':
    case 'marker_annotation':
      return readCall(node, read);
    case 'arrow_function':
    case 'function_expression':
    case 'method_definition':
    case 'lambda':
    case 'lambda_expression':
    case 'anonymous_method_expression':
      return { kind: 'function', index: functions(node) };
    case 'await_expression':
    case 'await':
    case 'parenthesized_expression':
    case 'as_expression':
    case 'satisfies_expression':
    case 'non_null_expression':
    case 'implicit_array_creation_expression':
    case 'collection_element':
    case 'expression_element':
    case 'spread_element':
    case 'list_splat':
    case 'argument':
      return read(node.namedChildren.find((one) => one.type !== 'comment') ?? null);
    case 'array_creation_expression':
      return read(node.namedChildren.at(-1) ?? null);
    default:
      return UNKNOWN;
  }
}

function items(node: Node): Node[] {
  return node.namedChildren.filter((one) => one.type !== 'comment').slice(0, MAX_ITEMS);
}

function text(value: string): Value {
  return { kind: 'text', text: value.slice(0, MAX_TEXT) };
}

function name(value: string): Value {
  return { kind: 'name', name: value };
}

function join(parts: Value[]): Value {
  const texts = parts.map((one) => (one.kind === 'text' ? one.text : null));
  if (texts.every((one) => one !== null)) return text(texts.join(''));
  return { kind: 'join', parts };
}

function readOperator(node: Node, read: (node: Node | null) => Value): Value {
  const operator = node.childForFieldName('operator')?.text ?? node.children[1]?.text;
  if (operator !== '+') return UNKNOWN;
  const sides = [read(node.childForFieldName('left')), read(node.childForFieldName('right'))];
  // `patterns + more` adds lists, everything else text.
  if (sides.some((one) => one.kind === 'list')) return { kind: 'list', items: sides };
  return join(sides);
}

function readString(node: Node, read: (node: Node | null) => Value): Value {
  const isSharp = node.type === 'interpolated_string_expression';
  const parts = node.namedChildren.flatMap((one): Value[] => {
    switch (one.type) {
      case 'string_start':
      case 'string_end':
      case 'interpolation_start':
      case 'comment':
        return [];
      case 'template_substitution':
      case 'interpolation':
        return [
          read(
            one.childForFieldName('expression') ??
              one.namedChildren.find(({ type }) => type !== 'interpolation_brace') ??
              null,
          ),
        ];
      case 'escape_sequence':
        return [text(unescaped(one.text))];
      default:
        // C# writes a brace of the text twice.
        return [text(isSharp ? one.text.replace(/\{\{|\}\}/g, ([brace = '']) => brace) : one.text)];
    }
  });
  // A Python byte or raw prefix changes nothing that a path could show.
  return parts.length === 0 ? text('') : join(parts);
}

function unescaped(sequence: string): string {
  return sequence.replace(/^\\(?=[^a-z0-9])/i, '');
}

function member(object: Node | null, property: Node | null, read: (node: Node | null) => Value) {
  const last = (property?.text ?? '').replace(/<[^]*$/, '');
  const on = object?.text === 'this' ? name('this') : read(object);
  return on.kind === 'name'
    ? name(`${on.name}.${last}`)
    : ({ kind: 'member', on, name: last } as const);
}

function entry(node: Node, read: (node: Node | null) => Value): { key: string; value: Value }[] {
  if (node.type === 'shorthand_property_identifier')
    return [{ key: node.text, value: name(node.text) }];
  if (node.type === 'spread_element') return [{ key: '...', value: read(node) }];
  const key = (node.childForFieldName('key') ?? node.childForFieldName('name'))?.text ?? '';
  const value = node.type === 'method_definition' ? node : node.childForFieldName('value');
  return [{ key: key.replace(/^["']|["']$/g, ''), value: read(value) }];
}

function readCall(node: Node, read: (node: Node | null) => Value): CallValue {
  const call: CallValue = {
    kind: 'call',
    on: null,
    name: '',
    args: [],
    named: [],
    isNew: node.type === 'new_expression' || node.type === 'object_creation_expression',
    line: node.startPosition.row + 1,
  };
  readCallee(node, call, read);
  const list =
    node.childForFieldName('arguments') ??
    node.namedChildren.find((one) => one.type === 'attribute_argument_list') ??
    null;
  if (list) readArguments(list, call, read);
  return call;
}

/** The arguments of a call, annotation or attribute. */
export function readArguments(
  list: Node,
  call: Pick<CallValue, 'args' | 'named'>,
  read: (node: Node | null) => Value,
): void {
  for (const one of items(list)) {
    const key = one.childForFieldName(one.type === 'element_value_pair' ? 'key' : 'name')?.text;
    const isNamed =
      key !== undefined &&
      /^(keyword_argument|element_value_pair|argument|attribute_argument)$/.test(one.type);
    const isHolder = one.type === 'argument' || one.type === 'attribute_argument';
    if (isNamed) {
      const value = one.childForFieldName('value') ?? one.namedChildren.at(-1) ?? null;
      call.named.push({ key, value: read(value) });
    } else if (one.type !== 'dictionary_splat') {
      call.args.push(read(isHolder ? (one.namedChildren.at(-1) ?? null) : one));
    }
  }
}

function readCallee(node: Node, call: CallValue, read: (node: Node | null) => Value): void {
  if (node.type === 'method_invocation') {
    const object = node.childForFieldName('object');
    call.name = node.childForFieldName('name')?.text ?? '';
    call.on = object ? read(object) : null;
    return;
  }
  const callee =
    node.childForFieldName('function') ??
    node.childForFieldName('constructor') ??
    node.childForFieldName('type') ??
    node.childForFieldName('name');
  if (callee?.type === 'import') {
    call.name = 'import';
    return;
  }
  const value =
    callee?.type === 'generic_name' || callee?.type === 'generic_type'
      ? name(callee.text.replace(/<[^]*$/, ''))
      : read(callee);
  if (value.kind === 'member') {
    call.on = value.on;
    call.name = value.name;
  } else if (value.kind === 'name') {
    const dot = value.name.lastIndexOf('.');
    call.name = value.name.slice(dot + 1);
    call.on = dot === -1 ? null : name(value.name.slice(0, dot));
  } else {
    // `require('./routes')(app)`: the call of what another expression yields.
    call.on = value;
    call.name = '()';
  }
}
