import type { CallValue, RoutingStatement, Value } from '../../extract/routing/routing-facts.js';
import type { SourceUnit } from '../../resolve/source-unit.js';
import type { SymbolTable } from '../../resolve/symbol-table.js';
import { Budget } from './budget.js';
import type { Dialect } from './dialect.js';
import { methodsOf } from './methods.js';
import { Names } from './names.js';
import { boundBy } from './parameters.js';
import { Router } from './router.js';
import { scopesOf } from './scopes.js';
import { frameworkOf, isRouterName } from './strange-routers.js';
import { textOf } from './texts.js';
import type { Closure, Env, RouterView, Thing } from './things.js';

const MAX_LOOP = 200;
/**
 * Walks through a project as running it would, as far as routers go: modules once, functions where
 * they are called, with routers as the only objects that matter. What it can't know stays null.
 */
export class Interpreter {
  readonly routers: Router[] = [];
  readonly names: Names;
  /** Set when a router was mounted or built in a way that could not be followed. */
  hasUnknownMount = false;
  private readonly modules = new Map<string, Env>();
  /** Environments that a function was met in, by file and index. */
  private readonly met = new Map<string, Env>();
  private readonly invoked = new Set<string>();
  /** Functions that are being called: one that calls itself says nothing new of routers. */
  private readonly running = new Set<string>();
  private readonly viewed = new Set<Router>();
  private readonly budget = new Budget();

  constructor(
    readonly table: SymbolTable,
    private readonly dialects: readonly Dialect[],
  ) {
    this.names = new Names(this);
  }

  /** The names of a module after it has run. */
  module(unit: SourceUnit): Env {
    const known = this.modules.get(unit.path);
    if (known) return known;
    const env: Env = { unit, scope: null, vars: new Map(), parent: null };
    this.modules.set(unit.path, env);
    for (const statement of scopesOf(unit).statements.get(null) ?? []) this.execute(statement, env);
    return env;
  }

  /** Runs every function that nothing was seen to call: frameworks and callers outside call them. */
  runRest(units: readonly SourceUnit[]): void {
    for (const unit of units) {
      const env = this.module(unit);
      unit.facts.routing?.functions.forEach((one, index) => {
        const key = `${unit.path}#${index}`;
        const around = this.met.get(key) ?? (one.parent === null ? env : null);
        if (this.invoked.has(key) || around === null) return;
        this.invoke({ kind: 'function', index, env: around }, null);
      });
    }
  }

  private execute(statement: RoutingStatement, env: Env): Thing | null {
    const { target, value } = statement;
    const thing =
      value.kind === 'call'
        ? this.call(value, env, statement.decorates)
        : this.evaluate(value, env);
    if (target === null || target === 'return' || thing === null) return thing;
    this.bind(env, target, thing, statement.adds);
    return thing;
  }

  /** Fields and exports belong to the module, whichever function sets them. */
  private bind(env: Env, target: string, thing: Thing, adds: boolean): void {
    const isShared = /^(?:this|self|exports)\.|^default$/.test(target);
    // `let app; function start() { app = express(); }` sets the module's variable.
    const isGlobal = env.scope !== null && env.unit.members.get(-1)?.has(target) === true;
    const home = isShared || isGlobal ? this.module(env.unit) : env;
    const name = target.replace(/^self\./, 'this.');
    const before = home.vars.get(name);
    if (!adds || !before) return void home.vars.set(name, thing);
    const items = [before, thing].map((one): Value =>
      one.kind === 'value' ? one.value : { kind: 'unknown' },
    );
    if (before.kind === 'value')
      home.vars.set(name, { kind: 'value', env: before.env, value: { kind: 'list', items } });
  }

  evaluate(value: Value, env: Env): Thing | null {
    return this.budget.step(() => this.valueOf(value, env));
  }

  private valueOf(value: Value, env: Env): Thing | null {
    switch (value.kind) {
      case 'function': {
        this.met.set(`${env.unit.path}#${value.index}`, env);
        return { kind: 'function', index: value.index, env };
      }
      case 'name':
        return this.names.lookup(value.name, env);
      case 'member': {
        const on = this.evaluate(value.on, env);
        return on && this.names.member(on, value.name);
      }
      case 'call':
        return this.call(value, env, null);
      case 'unknown':
        return null;
      default:
        return { kind: 'value', value, env };
    }
  }

  private call(call: CallValue, env: Env, decorates: string | null): Thing | null {
    return this.budget.step(() => this.callUnguarded(call, env, decorates));
  }

  private callUnguarded(call: CallValue, env: Env, decorates: string | null): Thing | null {
    if (call.on === null && (call.name === 'require' || call.name === 'import'))
      return this.names.required(textOf(call.args[0], env, this) ?? '', env.unit);
    const on = call.on === null ? null : this.names.settle(this.evaluate(call.on, env));
    if (on?.kind === 'router') {
      const dialect = this.dialects.find((one) => one.framework === on.router.framework);
      const result = dialect?.call({ on, call, env, decorates, run: this });
      if (result !== undefined) return result;
      const extension = this.names.extension(call.name);
      if (extension) return this.invoke(extension, [on, ...this.arguments(call, env)]);
      this.arguments(call, env);
      return on;
    }
    if (on?.kind === 'value' && on.value.kind === 'list')
      return this.overList(on.value.items, on.env, call, env);
    const callee = this.calleeOf(call, on, env);
    const made = callee?.kind === 'foreign' ? this.make(callee, call, env) : null;
    if (made) return made;
    const args = this.arguments(call, env);
    if (callee?.kind === 'function') return this.recognised(this.invoke(callee, args));
    if (callee?.kind === 'class') return this.recognised(this.instantiate(callee, args));
    // Dialects may know a call whose callee is nothing of the project: `builder.Build()`.
    const origin = { kind: 'foreign', package: '', member: call.name } as const;
    const unknown = on === null ? this.make(origin, call, env) : null;
    if (unknown) return unknown;
    // A wrapper such as `createServer(app)` or `withSockets(app)` is taken for what it wraps.
    const routers = args.filter((one) => one?.kind === 'router');
    return routers.length === 1 ? (routers[0] ?? null) : null;
  }

  private recognised(thing: Thing | null): Thing | null {
    if (thing?.kind !== 'value' && thing?.kind !== 'class') return thing;
    for (const one of this.dialects) {
      const router = one.recognise?.(thing, this);
      if (router) return router;
    }
    return thing;
  }

  private calleeOf(call: CallValue, on: Thing | null, env: Env): Thing | null {
    if (call.name === '()') return this.names.settle(on);
    const isOwn = call.on?.kind === 'name' && /^(?:this|self)$/.test(call.on.name);
    if (call.on === null || isOwn)
      return this.names.settle(this.names.lookup(isOwn ? `this.${call.name}` : call.name, env));
    return on && this.names.settle(this.names.member(on, call.name));
  }

  private make(
    origin: Extract<Thing, { kind: 'foreign' }>,
    call: CallValue,
    env: Env,
  ): Thing | null {
    for (const one of this.dialects) {
      const made = one.make(origin, call, env, this);
      if (made) return made;
    }
    return null;
  }

  private arguments(call: CallValue, env: Env): (Thing | null)[] {
    return call.args.map((one) => this.evaluate(one, env));
  }

  /** `[...].forEach((one) => app.use(one.path, one.router))` */
  private overList(items: readonly Value[], home: Env, call: CallValue, env: Env): Thing | null {
    const callback =
      /^(?:forEach|map|flatMap)$/.test(call.name) && call.args[0]
        ? this.evaluate(call.args[0], env)
        : null;
    if (callback?.kind !== 'function') return null;
    for (const item of items.slice(0, MAX_LOOP)) this.invoke(callback, [this.evaluate(item, home)]);
    return null;
  }

  /** A new instance: its constructor first, then its other methods, as callers may call them. */
  private instantiate(made: Extract<Thing, { kind: 'class' }>, args: (Thing | null)[]): Thing {
    const env = this.module(made.unit);
    const { constructors, others } = methodsOf(made);
    for (const index of constructors) this.invoke({ kind: 'function', index, env }, args);
    for (const { index, parameters } of others) {
      const wasCalled = this.invoked.has(`${made.unit.path}#${index}`);
      if (!wasCalled && parameters === 0) this.invoke({ kind: 'function', index, env }, []);
    }
    return made;
  }

  /** Calls a function; without arguments known, parameters named like routers are routers of nobody. */
  invoke(closure: Closure, args: readonly (Thing | null)[] | null): Thing | null {
    const { unit } = closure.env;
    const declared = unit.facts.routing?.functions[closure.index];
    const key = `${unit.path}#${closure.index}`;
    if (!declared || this.budget.isTooDeep || this.running.has(key)) return null;
    const statements = scopesOf(unit).statements.get(closure.index) ?? [];
    if (this.invoked.has(key) && !this.budget.repeats(statements.length)) return null;
    this.invoked.add(key);
    const env: Env = { unit, scope: closure.index, vars: new Map(), parent: closure.env };
    declared.parameters.forEach((name, at) => {
      const thing = args === null ? this.strangeRouter(name, unit) : args[at];
      if (thing)
        for (const [part, held] of boundBy(name, thing, this.names)) env.vars.set(part, held);
    });
    for (const index of scopesOf(unit).functions.get(closure.index) ?? [])
      this.met.set(`${unit.path}#${index}`, env);
    let result: Thing | null = null;
    this.running.add(key);
    this.budget.deeper(() => {
      for (const statement of statements) {
        const thing = this.execute(statement, env);
        if (statement.target === 'return') result ??= thing;
      }
    });
    this.running.delete(key);
    return result;
  }

  private strangeRouter(name: string, unit: SourceUnit): RouterView | null {
    if (!isRouterName(name)) return null;
    const framework = frameworkOf(unit, this.dialects, this.routers);
    return framework === null
      ? null
      : this.view(
          new Router(
            framework,
            false,
            '',
            null,
            'registered by a function whose caller was not found',
          ),
        );
  }

  view(router: Router, prefix = '', auth: string | null = null): RouterView {
    if (!this.viewed.has(router)) this.routers.push(router);
    this.viewed.add(router);
    return { kind: 'router', router, prefix, auth };
  }
}
