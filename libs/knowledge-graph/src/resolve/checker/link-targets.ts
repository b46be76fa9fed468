import type { SourceUnit } from '../source-unit.js';
import type { CallTarget, CheckedCall, LinkedCall } from './checked-call.js';

/** A call as the checker sees it, with the ids of the symbols that stand where it goes to. */
export function linkTargets(call: CheckedCall, units: ReadonlyMap<string, SourceUnit>): LinkedCall {
  return { ...call, targets: firstsOf(call).flatMap((one) => symbolAt(one, units) ?? []) };
}

/** One target for each file: overloads and merged declarations are one symbol, named by the first. */
function firstsOf(call: CheckedCall): CallTarget[] {
  const firsts = new Map<string, CallTarget>();
  for (const target of call.targets) {
    const key = `${target.path} ${target.name}`;
    if (!firsts.has(key)) firsts.set(key, target);
  }
  return [...firsts.values()];
}

/** The symbol whose name stands at a declaration: of that name, the innermost around the line. */
function symbolAt(
  { path, line, name }: CallTarget,
  units: ReadonlyMap<string, SourceUnit>,
): string | null {
  const unit = units.get(path);
  if (!unit) return null;
  let best: number | null = null;
  unit.facts.symbols.forEach((symbol, index) => {
    if (symbol.name !== name || symbol.startLine > line || symbol.endLine < line) return;
    const known = best === null ? undefined : unit.facts.symbols[best];
    if (!known || symbol.startLine > known.startLine) best = index;
  });
  return best === null ? null : (unit.ids[best] ?? null);
}
