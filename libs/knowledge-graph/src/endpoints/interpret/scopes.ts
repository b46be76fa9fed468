import type { RoutingFacts, RoutingStatement } from '../../extract/routing/routing-facts.js';
import type { SourceUnit } from '../../resolve/source-unit.js';

/** The steps and functions of a file by the function that they stand in, null for the module. */
interface Scopes {
  statements: ReadonlyMap<number | null, readonly RoutingStatement[]>;
  functions: ReadonlyMap<number | null, readonly number[]>;
  /** Functions that are no methods, by scope and name; the first declaration wins. */
  named: ReadonlyMap<number | null, ReadonlyMap<string, number>>;
}

const NONE: RoutingFacts = { functions: [], statements: [], annotations: [] };
const known = new WeakMap<RoutingFacts, Scopes>();

/** Made once a file: functions are called often, and a file may have thousands of them. */
export function scopesOf(unit: SourceUnit): Scopes {
  const facts = unit.facts.routing ?? NONE;
  const scopes = known.get(facts) ?? scopesIn(facts);
  known.set(facts, scopes);
  return scopes;
}

function scopesIn(facts: RoutingFacts): Scopes {
  const functions = new Map<number | null, number[]>();
  const named = new Map<number | null, Map<string, number>>();
  for (const [index, { name, owner, parent }] of facts.functions.entries()) {
    const inner = functions.get(parent) ?? [];
    inner.push(index);
    functions.set(parent, inner);
    if (name === null || owner !== null) continue;
    const names = named.get(parent) ?? new Map<string, number>();
    if (!names.has(name)) names.set(name, index);
    named.set(parent, names);
  }
  const statements = new Map<number | null, RoutingStatement[]>();
  for (const statement of facts.statements) {
    const steps = statements.get(statement.scope) ?? [];
    steps.push(statement);
    statements.set(statement.scope, steps);
  }
  return { statements, functions, named };
}
