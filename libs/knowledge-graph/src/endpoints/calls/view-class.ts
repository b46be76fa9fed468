import type { Value } from '../../extract/routing/routing-facts.js';
import type { Interpreter } from '../interpret/interpreter.js';
import type { Env } from '../interpret/things.js';

const VERBS = ['get', 'post', 'put', 'patch', 'delete'];

/** The class behind a view: `UserView`, or `UserView.as_view('user')`; null for a function. */
export function viewClass(view: Value): string | null {
  if (view.kind === 'call' && view.name === 'as_view' && view.on?.kind === 'name')
    return view.on.name;
  return view.kind === 'name' ? view.name : null;
}

/** The methods that a class-based view answers, by the names of its members and its bases'. */
export function viewMethods(view: Value, env: Env, run: Interpreter): string[] | null {
  const name = viewClass(view);
  const type = name && run.table.type(env.unit, name);
  if (!type) return null;
  const found = VERBS.filter((verb) => run.table.member(type, verb) !== null);
  return found.length > 0 ? found.map((one) => one.toUpperCase()) : null;
}
