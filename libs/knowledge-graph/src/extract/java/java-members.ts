import type { FlatNode as Node } from '../../syntax/flat-node.js';
import { oneLine, plainType, type FactsCollector } from '../facts-collector.js';
import type { SymbolFact } from '../file-facts.js';

/** Words such as `public` and the annotations that stand before a declaration. */
export function modifiersOf(node: Node): { words: string[]; annotations: string[] } {
  const modifiers = node.namedChildren.find((one) => one.type === 'modifiers');
  const children = modifiers?.children ?? [];
  return {
    words: children.filter((one) => !one.type.endsWith('annotation')).map((one) => one.text),
    annotations: children
      .filter((one) => one.type.endsWith('annotation'))
      .map((one) => oneLine(one.text, 300)),
  };
}

/** What does not say is seen in its package, or by all in an interface. */
export function visibilityOf(
  words: readonly string[],
  inInterface: boolean,
): SymbolFact['visibility'] {
  for (const word of ['public', 'protected', 'private'] as const) {
    if (words.includes(word)) return word;
  }
  return inInterface ? 'public' : 'package';
}

export function genericsOf(node: Node): string[] {
  return (node.childForFieldName('type_parameters')?.namedChildren ?? []).map((one) => one.text);
}

export function isInterface(into: FactsCollector, index: number | null): boolean {
  return index !== null && into.facts.symbols[index]?.kind === 'interface';
}

/** Fields and record components of a type with the type each declares. */
export function fieldTypes(node: Node): Map<string, string | null> {
  const types = new Map<string, string | null>();
  const body = node.childForFieldName('body');
  const components = node.childForFieldName('parameters')?.namedChildren ?? [];
  for (const one of [...(body?.namedChildren ?? []), ...components]) {
    const type = plainType(one.childForFieldName('type')?.text ?? '');
    const name =
      one.childForFieldName('declarator')?.childForFieldName('name') ??
      one.childForFieldName('name');
    if (name && (one.type === 'field_declaration' || one.type === 'formal_parameter'))
      types.set(name.text, type);
  }
  return types;
}
