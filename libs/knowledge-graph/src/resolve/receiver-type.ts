import type { SourceUnit, SymbolRef } from './source-unit.js';
import type { SymbolTable } from './symbol-table.js';

/**
 * The type that a receiver is of, in the notation of call facts: `Loan`, or `Loan#copy#book` for what the
 * members are declared as, or return.
 */
export function receiverType(
  table: SymbolTable,
  unit: SourceUnit,
  written: string,
): SymbolRef | null {
  const [head = '', ...members] = written.split('#');
  let type = table.type(unit, head);
  for (const name of members) {
    const held = type && table.member(type, name);
    const declared = held && table.symbol(held)?.returnType;
    const home = held && table.units.get(held.path);
    if (!declared || !home) return null;
    type = table.type(home, declaredType(declared));
  }
  return type;
}

/** The name in a declaration: without what awaits it, generics and nullability. Arrays are no type to look into. */
function declaredType(text: string): string {
  const inner = /^(?:Task|ValueTask|Promise|CompletableFuture)<(.*)>$/s.exec(text.trim())?.[1];
  return /^["']?([\w.$]+)(?:<[^[\]]*>|\s*\|\s*None)?\??["']?$/s.exec(inner ?? text)?.[1] ?? '';
}
