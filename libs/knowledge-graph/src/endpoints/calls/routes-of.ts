import type { CallResolver } from '../../resolve/call-resolver.js';
import type { SymbolRef } from '../../resolve/source-unit.js';
import type { Value } from '../../extract/routing/routing-facts.js';
import type { FoundEndpoint } from '../found-endpoint.js';
import { guardAmong } from '../auth.js';
import type { Interpreter } from '../interpret/interpreter.js';
import type { MountEntry, RouteEntry, Router } from '../interpret/router.js';
import type { Env } from '../interpret/things.js';
import { isBelow, joinRoute, joinStrictly } from '../route-path.js';
import { viewClass } from './view-class.js';

const MAX_MOUNT_DEPTH = 16;
const MAX_ENDPOINTS = 50_000;
/** Most routers that are read, each as often as it is mounted. */
const MAX_MOUNTS = 50_000;
/** Frameworks that tell `/x/` from `/x`. */
const STRICT = new Set(['flask', 'fastapi']);

/**
 * The endpoints of all routers. Applications and what is mounted below them come first; a router that
 * nothing mounts counts only where mounting was seen to happen in ways that could not be followed.
 */
export function routesOf(run: Interpreter, calls: CallResolver): FoundEndpoint[] {
  const reader = new RouteReader(run, calls);
  for (const router of run.routers)
    if (router.isApp && !router.isMounted) reader.walk(router, '', null, null, 0);
  const hasApp = run.routers.some(({ isApp, entries }) => isApp && entries.length > 0);
  for (const router of run.routers) {
    if (router.isApp || router.isMounted) continue;
    const doubt = router.doubt ?? 'where this router is mounted was not found';
    if (run.hasUnknownMount || !hasApp) reader.walk(router, '', null, doubt, 0);
  }
  return reader.found;
}

class RouteReader {
  readonly found: FoundEndpoint[] = [];
  /** Routers that are being read: they may be mounted below each other in a circle. */
  private readonly within = new Set<Router>();
  private mounts = 0;

  constructor(
    private readonly run: Interpreter,
    private readonly calls: CallResolver,
  ) {}

  walk(
    router: Router,
    prefix: string,
    auth: string | null,
    doubt: string | null,
    depth: number,
    replaced = false,
  ): void {
    if (depth > MAX_MOUNT_DEPTH || this.found.length > MAX_ENDPOINTS) return;
    if (this.within.has(router) || (this.mounts += 1) > MAX_MOUNTS) return;
    this.within.add(router);
    const base = replaced ? prefix : joinRoute(prefix, router.prefix);
    const inherited = router.auth ?? auth;
    for (const entry of router.entries) {
      const own = entry.auth ?? guardFor(router, entry);
      if (entry.kind === 'mount')
        this.walk(
          entry.router,
          joinRoute(base, entry.prefix),
          own ?? inherited,
          doubt,
          depth + 1,
          entry.replaces,
        );
      else this.add(router, entry, base, own === '' ? null : (own ?? inherited), doubt);
    }
    this.within.delete(router);
  }

  private add(
    router: Router,
    entry: RouteEntry,
    base: string,
    auth: string | null,
    doubt: string | null,
  ): void {
    const { unit } = entry.env;
    const handler = this.handlerOf(entry.handler, entry.env);
    const join = STRICT.has(router.framework) ? joinStrictly : joinRoute;
    const path = entry.path.startsWith('/^') ? entry.path : join(base, entry.path);
    const guard = auth ?? (handler && this.declaredGuard(handler));
    for (const method of entry.methods) {
      this.found.push({
        method,
        path,
        file: handler?.path ?? unit.path,
        line: entry.line,
        handler,
        auth: guard,
        framework: router.framework,
        doubt,
      });
    }
  }

  /** What the handler's own decorators and parameters say: `@login_required`, `Depends(current_user)`. */
  private declaredGuard(handler: SymbolRef): string | null {
    const unit = this.run.table.units.get(handler.path);
    const on =
      unit?.facts.routing?.annotations.filter(({ symbol }) => symbol === handler.index) ?? [];
    const guard = guardAmong(
      on.map(({ name, args, named }): Value => ({
        kind: 'call',
        on: null,
        name,
        args,
        named,
        isNew: false,
        line: 0,
      })),
    );
    if (guard === null || /^(?:Depends|Security)\(/.test(guard)) return guard;
    return `@${guard.replace(/\(\)$/, '')}`;
  }

  /** The symbol that answers: by name, through wrappers; for a function in place, the one around it. */
  private handlerOf(value: Value, env: Env): SymbolRef | null {
    switch (value.kind) {
      case 'name':
        return this.named(value.name, env);
      case 'call': {
        if (value.name === 'bind' && value.on) return this.handlerOf(value.on, env);
        const view = viewClass(value);
        if (view !== null) return this.named(view, env);
        for (const one of [...value.args].reverse()) {
          const found = this.handlerOf(one, env);
          if (found) return found;
        }
        return null;
      }
      case 'list':
        return value.items.length > 0 ? this.handlerOf(value.items.at(-1) ?? value, env) : null;
      case 'function':
        return this.around(env, value.index);
      default:
        return null;
    }
  }

  private named(name: string, env: Env): SymbolRef | null {
    const call = { callee: name, receiverType: null, line: 0, within: null };
    const known = this.calls.resolve(env.unit, call);
    if (known && known.resolution !== 'name-unique') return known.target;
    const thing = this.run.evaluate({ kind: 'name', name }, env);
    if (thing?.kind === 'function') return this.around(thing.env, thing.index);
    if (thing?.kind === 'class') return this.run.table.topLevel(thing.unit, thing.name);
    return known?.target ?? null;
  }

  private around({ unit }: Env, index: number): SymbolRef | null {
    const functions = unit.facts.routing?.functions ?? [];
    for (let at: number | null = index; at !== null; at = functions[at]?.parent ?? null) {
      const declared = functions[at];
      const symbol = unit.facts.symbols.findIndex(
        (one) =>
          one.name === declared?.name &&
          one.startLine <= declared.line &&
          one.endLine >= declared.line,
      );
      if (declared?.name && symbol !== -1) return { path: unit.path, index: symbol };
    }
    return null;
  }
}

/** The nearest guard that was registered before the entry, for a path above it. */
function guardFor(router: Router, entry: RouteEntry | MountEntry): string | null {
  const path = entry.kind === 'route' ? entry.path : entry.prefix;
  return (
    router.guards.filter((one) => one.order < entry.order && isBelow(path, one.prefix)).at(-1)
      ?.auth ?? null
  );
}
