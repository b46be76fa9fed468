import type { FlatNode as Node } from '../../syntax/flat-node.js';
import type { Extractor } from '../extractor.js';
import { lineOf, type FactsCollector } from '../facts-collector.js';
import type { OutlineRules, SymbolRule } from './outline-rules.js';

/**
 * Reads modules, symbols and imports by the rules of a language, without what happens inside of
 * functions. Adding a language is adding its rules.
 */
export function outlineExtractor(rules: OutlineRules): Extractor {
  return (root, into) => {
    new Outline(rules, into).readChildren(root, null);
    into.facts.isEntryPoint ||= into.facts.symbols.some(rules.isEntryPoint);
  };
}

class Outline {
  constructor(
    private readonly rules: OutlineRules,
    private readonly into: FactsCollector,
  ) {}

  readChildren(node: Node, within: number | null): void {
    for (const child of node.namedChildren) this.read(child, within);
  }

  private read(node: Node, within: number | null): void {
    const { symbols, imports, namespaces, groups } = this.rules;
    const { facts } = this.into;
    const importsOf = imports[node.type];
    for (const { raw, names = [] } of importsOf?.(node) ?? []) {
      facts.imports.push({ raw, line: lineOf(node), names, kind: 'import' });
    }
    const namespace = namespaces[node.type]?.(node);
    if (namespace && !facts.namespaces.includes(namespace)) facts.namespaces.push(namespace);
    const rule = symbols[node.type];
    if (rule) this.addSymbols(node, rule, within);
    else if (groups.has(node.type)) this.readChildren(node, within);
  }

  private addSymbols(node: Node, rule: SymbolRule, within: number | null): void {
    const owner = rule.owner?.(node) ?? null;
    const parent = owner === null ? within : this.ownerOf(owner, within);
    const names = rule.names?.(node) ?? [node.childForFieldName('name')?.text ?? ''];
    let index = parent;
    for (const name of names) {
      if (name === '') continue;
      const visibility = this.rules.visibility(node, name);
      const kind = typeof rule.kind === 'function' ? rule.kind(node) : rule.kind;
      index = this.into.symbol(node, parent, {
        name,
        kind: kind === 'function' && parent !== null ? 'method' : kind,
        isExported: visibility === 'public',
        returnType: rule.returnType?.(node) ?? null,
        parameters: parametersOf(node),
        genericParams: (node.childForFieldName('type_parameters')?.namedChildren ?? []).map(
          (one) => one.text,
        ),
        visibility,
      });
    }
    if (rule.hasMembers) this.readChildren(node, index);
  }

  /** The type of that name in this file, or none when it stands in another one. */
  private ownerOf(name: string, within: number | null): number | null {
    const { symbols } = this.into.facts;
    const index = symbols.findIndex(
      (one) => one.name === name && one.kind !== 'function' && one.kind !== 'variable',
    );
    return index === -1 ? within : index;
  }
}

function parametersOf(node: Node): { name: string; type: string | null }[] {
  const list =
    node.childForFieldName('parameters') ??
    node.namedChildren.find((one) => one.type === 'function_value_parameters');
  return (list?.namedChildren ?? [])
    .filter((one) => !/comment|^modifiers$/.test(one.type))
    .map((one) => {
      const name =
        one.childForFieldName('name') ?? one.childForFieldName('pattern') ?? one.namedChild(0);
      return { name: (name ?? one).text, type: one.childForFieldName('type')?.text ?? null };
    });
}
