import type { FlatNode as Node } from '../../syntax/flat-node.js';
import type { SymbolFact } from '../file-facts.js';

/** What one kind of node declares. */
export interface SymbolRule {
  kind: SymbolFact['kind'] | ((node: Node) => SymbolFact['kind']);
  /** The declared names; by default the text of the field `name`. */
  names?: (node: Node) => string[];
  /** Name of the type it belongs to when that stands elsewhere in the file: a Go receiver. */
  owner?: (node: Node) => string | null;
  returnType?: (node: Node) => string | null;
  /** Looked into for members; function bodies are not. */
  hasMembers?: boolean;
}

export interface OutlineImport {
  raw: string;
  names?: { imported: string; local: string }[];
}

/** How the symbols and imports of one language look, for languages that are read as an outline. */
export interface OutlineRules {
  symbols: Readonly<Record<string, SymbolRule>>;
  imports: Readonly<Record<string, (node: Node) => OutlineImport[]>>;
  /** Nodes that name the package or namespace of what follows. */
  namespaces: Readonly<Record<string, (node: Node) => string | null>>;
  /** Nodes that only group: their children are looked into. */
  groups: ReadonlySet<string>;
  visibility: (node: Node, name: string) => SymbolFact['visibility'];
  isEntryPoint: (symbol: SymbolFact) => boolean;
}

export function fieldText(node: Node, field: string): string | null {
  return node.childForFieldName(field)?.text ?? null;
}

export function childOfType(node: Node, ...types: string[]): Node | undefined {
  return node.namedChildren.find((one) => types.includes(one.type));
}

/** Visibility from a modifier word such as `private` before or inside the declaration. */
export function modifierOf(node: Node, words: readonly string[]): string | undefined {
  const inside = node.namedChildren.flatMap((one) =>
    one.type === 'modifiers' ? one.namedChildren : [one],
  );
  return inside.map((one) => one.text).find((text) => words.includes(text));
}
