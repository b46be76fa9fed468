import type { CallValue, Value } from '../../extract/routing/routing-facts.js';
import type { Interpreter } from './interpreter.js';
import type { Env, RouterView, Thing } from './things.js';

export interface RouterCall {
  on: RouterView;
  call: CallValue;
  env: Env;
  /** Python: the function that the call decorates. */
  decorates: string | null;
  run: Interpreter;
}

/** How one framework makes routers and what calls on them mean. */
export interface Dialect {
  framework: string;
  /** A router made by calling `member` of a package outside of the project; null for anything else. */
  make(
    origin: { package: string; member: string },
    call: CallValue,
    env: Env,
    run: Interpreter,
  ): Thing | null;
  /** A router in what a function of the project returned or one of its classes made; null for anything else. */
  recognise?(thing: Thing, run: Interpreter): Thing | null;
  /** A call on a router of this framework; undefined when the name means nothing to it. */
  call(what: RouterCall): Thing | null | undefined;
}

/** The value of a keyword argument or of a key of the record among the arguments. */
export function option(call: CallValue, ...names: string[]): Value | null {
  const named = call.named.find(({ key }) => names.includes(key));
  if (named) return named.value;
  for (const one of call.args) {
    if (one.kind !== 'record') continue;
    const entry = one.entries.find(({ key }) => names.includes(key));
    if (entry) return entry.value;
  }
  return null;
}
