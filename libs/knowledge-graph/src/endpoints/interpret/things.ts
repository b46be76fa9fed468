import type { Value } from '../../extract/routing/routing-facts.js';
import type { SourceUnit } from '../../resolve/source-unit.js';
import type { Router } from './router.js';

/** Names and what they hold, inside one function or module. */
export interface Env {
  unit: SourceUnit;
  /** Index of the function, null for the module. */
  scope: number | null;
  vars: Map<string, Thing>;
  parent: Env | null;
}

/** A router as seen through a prefix and guards: `app.basePath('/v1')`, `app.MapGroup('/x')`. */
export interface RouterView {
  kind: 'router';
  router: Router;
  prefix: string;
  auth: string | null;
  /** Express: routes of `app.route('/x')` that follow in the chain all have this path. */
  at?: string;
}

/** A function with the names around it. */
export interface Closure {
  kind: 'function';
  index: number;
  env: Env;
}

/** What an expression turned out to be, as far as routing cares. */
export type Thing =
  | RouterView
  | Closure
  | { kind: 'value'; value: Value; env: Env }
  /** A class of the project, or an instance of it. */
  | { kind: 'class'; unit: SourceUnit; name: string }
  | { kind: 'module'; path: string }
  /** Something of a package outside of the project. */
  | { kind: 'foreign'; package: string; member: string };
