import type { Names } from './names.js';
import type { Thing } from './things.js';

/** What the names of a parameter hold: `({ path, router })` and `([path, router])` take a thing apart. */
export function boundBy(parameter: string, thing: Thing, names: Names): [string, Thing][] {
  if (/^[\w$]+$/.test(parameter)) return [[parameter, thing]];
  const bound: [string, Thing][] = [];
  for (const [at, name] of (parameter.match(/[\w$]+/g) ?? []).entries()) {
    const held = parameter.startsWith('[') ? names.item(thing, at) : names.member(thing, name);
    if (held) bound.push([name, held]);
  }
  return bound;
}
