import type { Thing } from './things.js';

/** The methods of a class by their index among the functions of its file, constructors apart. */
export function methodsOf({ unit, name }: Extract<Thing, { kind: 'class' }>): {
  constructors: number[];
  others: { index: number; parameters: number }[];
} {
  const constructors: number[] = [];
  const others: { index: number; parameters: number }[] = [];
  for (const [index, one] of (unit.facts.routing?.functions ?? []).entries()) {
    if (one.owner !== name) continue;
    if (one.name === 'constructor' || one.name === '__init__' || one.name === name)
      constructors.push(index);
    else others.push({ index, parameters: one.parameters.length });
  }
  return { constructors, others };
}
