import type { Value } from '../../extract/routing/routing-facts.js';
import type { Env } from './things.js';

/** A route as registered, its path relative to the router. */
export interface RouteEntry {
  kind: 'route';
  methods: string[];
  path: string;
  handler: Value;
  env: Env;
  line: number;
  auth: string | null;
  order: number;
}

/** Another router below this one. */
export interface MountEntry {
  kind: 'mount';
  prefix: string;
  /** The prefix stands in for the one the router was made with (Flask). */
  replaces: boolean;
  router: Router;
  auth: string | null;
  order: number;
}

/** Middleware that guards what is registered after it below a path. */
export interface Guard {
  prefix: string;
  auth: string;
  order: number;
}

/** An application, router, blueprint or plugin scope, filled while the project is interpreted. */
export class Router {
  readonly entries: (RouteEntry | MountEntry)[] = [];
  readonly guards: Guard[] = [];
  isMounted = false;
  /** A mount was seen whose router could not be told. */
  hasUnknownMount = false;
  private orders = 0;

  constructor(
    readonly framework: string,
    /** True for what listens by itself: an application. */
    readonly isApp: boolean,
    readonly prefix = '',
    /** A guard it was made with. */
    readonly auth: string | null = null,
    /** Why its paths may be wanting a prefix, for a router that nobody was seen to make. */
    readonly doubt: string | null = null,
  ) {}

  route(entry: Omit<RouteEntry, 'kind' | 'order'>): void {
    this.entries.push({ kind: 'route', order: this.nextOrder(), ...entry });
  }

  mount(router: Router, prefix: string, auth: string | null = null, replaces = false): void {
    if (router === this) return;
    router.isMounted = true;
    this.entries.push({ kind: 'mount', router, prefix, auth, replaces, order: this.nextOrder() });
  }

  guard(prefix: string, auth: string): void {
    this.guards.push({ prefix, auth, order: this.nextOrder() });
  }

  private nextOrder(): number {
    return (this.orders += 1);
  }
}
