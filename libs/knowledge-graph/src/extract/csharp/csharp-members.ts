import type { FlatNode as Node } from '../../syntax/flat-node.js';
import { oneLine, plainType, type FactsCollector } from '../facts-collector.js';
import type { SymbolFact } from '../file-facts.js';

/** Words such as `public` and `async` that stand before a declaration. */
export function modifiersOf(node: Node): string[] {
  return node.namedChildren.filter((one) => one.type === 'modifier').map((one) => one.text);
}

/** Each attribute in its brackets, on one line. */
export function attributesOf(node: Node): string[] {
  return node.namedChildren
    .filter((one) => one.type === 'attribute_list')
    .flatMap((list) => list.namedChildren.filter((one) => one.type === 'attribute'))
    .map((one) => `[${oneLine(one.text, 300)}]`);
}

/** `internal` is seen in its assembly, the nearest there is to a package. */
export function visibilityOf(
  words: readonly string[],
  fallback: SymbolFact['visibility'],
): SymbolFact['visibility'] {
  for (const word of ['public', 'protected', 'private'] as const)
    if (words.includes(word)) return word;
  return words.includes('internal') ? 'package' : fallback;
}

/** What a member is that does not say: public in an interface, private elsewhere. */
export function memberFallback(
  into: FactsCollector,
  within: number | null,
): SymbolFact['visibility'] {
  const parent = within === null ? undefined : into.facts.symbols[within];
  return parent?.kind === 'interface' ? 'public' : 'private';
}

export function genericsOf(node: Node): string[] {
  const list = node.namedChildren.find((one) => one.type === 'type_parameter_list');
  return (list?.namedChildren ?? []).map((one) => one.text);
}

/** Fields and properties of a type with the type each declares. */
export function fieldTypes(node: Node): Map<string, string | null> {
  const types = new Map<string, string | null>();
  for (const member of node.childForFieldName('body')?.namedChildren ?? []) {
    if (member.type === 'property_declaration') {
      types.set(
        member.childForFieldName('name')?.text ?? '',
        plainType(member.childForFieldName('type')?.text ?? ''),
      );
    } else if (member.type === 'field_declaration') {
      const declaration = member.namedChildren.find((one) => one.type === 'variable_declaration');
      const type = plainType(declaration?.childForFieldName('type')?.text ?? '');
      for (const one of declaration?.namedChildren ?? []) {
        if (one.type === 'variable_declarator')
          types.set(one.childForFieldName('name')?.text ?? '', type);
      }
    }
  }
  return types;
}
