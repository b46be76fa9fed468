import type { SymbolFact } from '../extract/file-facts.js';

/** Ids depend on paths and names alone, so two builds of one commit give the same graph. */
export function moduleId(path: string): string {
  return `mod:${path}`;
}

export function featureId(folder: string): string {
  return `feat:${folder}`;
}

export function endpointId(method: string, path: string, module: string, n: number): string {
  return `ep:${method} ${path}@${module}${n > 1 ? `~${n}` : ''}`;
}

/** `sym:<path>#<qualified name>`; overloads and redeclarations get `~2`, `~3` in text order. */
export function symbolIds(path: string, symbols: readonly SymbolFact[]): string[] {
  const seen = new Map<string, number>();
  return symbols.map(({ qualified }) => {
    const n = (seen.get(qualified) ?? 0) + 1;
    seen.set(qualified, n);
    return `sym:${path}#${qualified}${n > 1 ? `~${n}` : ''}`;
  });
}
