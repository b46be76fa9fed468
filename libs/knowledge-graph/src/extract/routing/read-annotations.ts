import type { FlatNode as Node } from '../../syntax/flat-node.js';
import type { SymbolFact } from '../file-facts.js';
import { readArguments, readValue, type FunctionIndex } from './read-value.js';
import type { Annotation, CallValue } from './routing-facts.js';

type Family = 'ecmascript' | 'python' | 'java' | 'csharp';

const NODES: Readonly<Record<Family, string[]>> = {
  ecmascript: ['decorator'],
  python: ['decorator', 'default_parameter', 'typed_default_parameter', 'typed_parameter'],
  java: ['annotation', 'marker_annotation'],
  csharp: ['attribute'],
};
const DECLARATIONS =
  /^(?:abstract_)?(?:class|interface|record|enum|struct)_(?:declaration|definition)$|^class$|^(?:method|function|property|field|constructor)_(?:declaration|definition|signature)$|^abstract_method_signature$|^public_field_definition$/;

/** The decorators, annotations and attributes of a file, each with the symbol it stands on. */
export function readAnnotations(
  root: Node,
  family: Family,
  symbols: readonly SymbolFact[],
  functions: FunctionIndex,
): Annotation[] {
  const found: Annotation[] = [];
  for (const node of root.descendantsOfType(NODES[family])) {
    const declaration = declarationOf(node, family);
    const symbol = declaration && symbolAt(declaration, symbols);
    if (symbol === null || symbol === undefined) continue;
    for (const call of callsOf(node, family, functions)) {
      const name = call.on?.kind === 'name' ? `${call.on.name}.${call.name}` : call.name;
      found.push({ symbol, name, args: call.args, named: call.named });
    }
  }
  return found;
}

function callsOf(node: Node, family: Family, functions: FunctionIndex): CallValue[] {
  const call = (name: string): CallValue => ({
    kind: 'call',
    on: null,
    name,
    args: [],
    named: [],
    isNew: false,
    line: node.startPosition.row + 1,
  });
  if (family === 'csharp') {
    const made = call((node.childForFieldName('name')?.text ?? '').replace(/Attribute$/, ''));
    const list = node.namedChildren.find((one) => one.type === 'attribute_argument_list');
    if (list) readArguments(list, made, (one) => readValue(one, functions));
    return [made];
  }
  if (family === 'python' && node.type !== 'decorator') return dependsOf(node, functions);
  const held = node.type === 'decorator' ? node.namedChild(0) : node;
  const value = readValue(held, functions);
  if (value.kind === 'call') return [value];
  return value.kind === 'name' ? [call(value.name)] : [];
}

/** FastAPI declares guards as parameter defaults, or inside `Annotated[...]`. */
function dependsOf(node: Node, functions: FunctionIndex): CallValue[] {
  if (!/\b(?:Depends|Security)\(/.test(node.text.slice(0, 500))) return [];
  return node
    .descendantsOfType('call')
    .map((one) => readValue(one, functions))
    .filter((one) => one.kind === 'call' && /^(?:Depends|Security)$/.test(one.name)) as CallValue[];
}

/** The declaration an annotation belongs to: around it, or the next one after it. */
function declarationOf(node: Node, family: Family): Node | null {
  if (family === 'python') {
    for (let one = node.parent; one; one = one.parent) {
      if (one.type === 'decorated_definition') return one.childForFieldName('definition');
      if (one.type === 'function_definition') return one;
    }
    return null;
  }
  for (
    let one = node.nextNamedSibling;
    family === 'ecmascript' && one;
    one = one.nextNamedSibling
  ) {
    if (DECLARATIONS.test(one.type)) return one;
    if (one.type !== 'decorator' && one.type !== 'comment') break;
  }
  for (let one = node.parent, hops = 0; one && hops < 3; one = one.parent, hops += 1) {
    if (DECLARATIONS.test(one.type)) return one;
    if (one.type === 'export_statement') return one.childForFieldName('declaration');
    if (one.type.includes('parameter')) return null;
  }
  return null;
}

function symbolAt(declaration: Node, symbols: readonly SymbolFact[]): number | null {
  const name = declaration.childForFieldName('name');
  const label = name?.text ?? '';
  const line = (name ?? declaration).startPosition.row + 1;
  let best: number | null = null;
  symbols.forEach((one, index) => {
    if (one.name !== label || one.startLine > line || one.endLine < line) return;
    // The innermost of several that carry the name around this line.
    const known = best === null ? undefined : symbols[best];
    if (!known || one.startLine >= known.startLine) best = index;
  });
  return best;
}
