import type { FlatNode as Node } from '../syntax/flat-node.js';
import type { SourceLanguage } from '../syntax/language.js';
import { emptyFacts, type FileFacts, type SymbolFact } from './file-facts.js';
import { LocalScopes } from './local-scopes.js';

export type NewSymbol = Partial<SymbolFact> & Pick<SymbolFact, 'name' | 'kind'>;

/** Gathers the facts of one file while an extractor walks its tree. */
export class FactsCollector {
  readonly facts: FileFacts;
  readonly scopes = new LocalScopes();
  private readonly typeLines = new Map<string, number>();

  /** Java and C# name a field of their own class without `this`. */
  private readonly seesBareFields: boolean;

  constructor(language: SourceLanguage) {
    this.facts = emptyFacts(language, null);
    this.seesBareFields = language === 'java' || language === 'csharp';
  }

  /** Adds a symbol that spans `node` and returns its index. */
  symbol(node: Node, parent: number | null, fields: NewSymbol): number {
    const enclosing = parent === null ? undefined : this.facts.symbols[parent];
    this.facts.symbols.push({
      qualified: enclosing ? `${enclosing.qualified}.${fields.name}` : fields.name,
      isExported: false,
      isAsync: false,
      returnType: null,
      parameters: [],
      decorators: [],
      genericParams: [],
      signature: signatureOf(node),
      visibility: 'public',
      startLine: node.startPosition.row + 1,
      endLine: node.endPosition.row + 1,
      parent,
      ...fields,
    });
    return this.facts.symbols.length - 1;
  }

  /**
   * Adds a call by its dotted callee. A head bound in an enclosing function is dropped, unless its
   * type is known: then the call goes to that type.
   */
  call(
    node: Node,
    callee: string,
    within: number | null,
    receiverType: string | null = null,
  ): void {
    if (callee.length > 200) return;
    let type = receiverType;
    if (type === null) {
      const first = callee.indexOf('.');
      const last = callee.lastIndexOf('.');
      const head = first === -1 ? callee : callee.slice(0, first);
      if (this.scopes.has(head)) {
        if (first === -1) return;
        type = along(this.scopes.typeOf(head), callee.slice(first, last));
        if (type === null) callee = `?${callee.slice(last)}`;
      } else if (this.seesBareFields && first !== -1) {
        type = along(this.scopes.fieldType(head), callee.slice(first, last));
      }
      if (type === null && (head === 'this' || head === 'self') && first !== last) {
        const second = callee.indexOf('.', first + 1);
        const held = this.scopes.fieldType(callee.slice(first + 1, second));
        type = along(held, callee.slice(second, last));
      }
    }
    this.facts.calls.push({ callee, receiverType: type, line: lineOf(node), within });
  }

  heritage(symbol: number, node: Node, relation: 'extends' | 'implements'): void {
    const name = typeName(node);
    if (name) this.facts.heritage.push({ symbol, name, relation, line: lineOf(node) });
  }

  typeReference(node: Node, name: string): void {
    if (!this.typeLines.has(name)) this.typeLines.set(name, lineOf(node));
  }

  finish(): FileFacts {
    this.facts.typeReferences = [...this.typeLines].map(([name, line]) => ({ name, line }));
    return this.facts;
  }
}

/** The type of `held.a.b`, written as `Type#a#b` for whoever knows the members of the type. */
function along(held: string | null, members: string): string | null {
  return held === null ? null : held + members.replaceAll('.', '#');
}

export function lineOf(node: Node): number {
  return node.startPosition.row + 1;
}

const LONGEST_HEAD = 2_000;

/** The declaration up to its body, on one line, at most 300 characters. */
export function signatureOf(node: Node): string {
  const body = node.childForFieldName('body');
  const text = node.text;
  const end = body ? body.startIndex - node.startIndex : text.length;
  // Cut first: on a long run of blanks the expression below takes time by the square of it.
  const head = text.slice(0, Math.min(end, LONGEST_HEAD));
  return oneLine(head.replace(/\s*(?:=>|[{:=])\s*$/, ''), 300);
}

export function oneLine(text: string, max: number): string {
  const flat = text
    .slice(0, max * 4)
    .replace(/\s+/g, ' ')
    .trim();
  return flat.length > max ? `${flat.slice(0, max - 1)}…` : flat;
}

/** The plain name of a type: without generics, arrays and nullability; dots are kept. */
function typeName(node: Node | null): string | null {
  if (!node) return null;
  return plainType(node.text);
}

export function plainType(text: string): string | null {
  const match = /^[:\s]*(?:readonly\s+)?([A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*)/.exec(text);
  return match?.[1] ?? null;
}

/** The value of a plain string literal node, or null for anything computed. */
export function stringValue(node: Node | null): string | null {
  const match = node && /^(?:@|[rRbBuU])?(["'`])([^]*)\1$/.exec(node.text);
  const value = match ? match[2] : undefined;
  return value === undefined || value.includes('${') ? null : value;
}
