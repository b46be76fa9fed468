import type { CallValue, Value } from '../extract/routing/routing-facts.js';
import type { SourceUnit, SymbolRef } from '../resolve/source-unit.js';
import { guardAmong, shownAs } from './auth.js';
import type { FoundEndpoint } from './found-endpoint.js';
import type { Interpreter } from './interpret/interpreter.js';
import { textOf } from './interpret/texts.js';
import type { Env, Thing } from './interpret/things.js';
import { annotationsOn, asCall, lineage } from './annotations/annotated.js';
import { viewClass } from './calls/view-class.js';
import { djangoMethods, permissionsOf } from './django-views.js';
import { routerPatterns } from './django-routers.js';

const MAX_DEPTH = 12;
const MAX_ENDPOINTS = 50_000;
/** Most lists of patterns that are read, each as often as it is included. */
const MAX_LISTS = 50_000;

/** Django: the patterns of the root URL configuration with everything that it includes. */
export function djangoEndpoints(run: Interpreter, units: readonly SourceUnit[]): FoundEndpoint[] {
  const python = units.filter(({ facts }) => facts.language === 'python');
  const reader = new UrlReader(run, python);
  const roots = rootsOf(run, python, reader);
  for (const unit of roots) reader.module(unit, '', 0);
  return reader.found;
}

/** The modules that `ROOT_URLCONF` names; without settings, those that no other one includes. */
function rootsOf(run: Interpreter, python: readonly SourceUnit[], reader: UrlReader): SourceUnit[] {
  const named = python.flatMap((unit) =>
    (unit.facts.routing?.statements ?? []).flatMap(({ target, value }) => {
      const text = target === 'ROOT_URLCONF' ? textOf(value, run.module(unit), run) : null;
      return text === null ? [] : (reader.unitNamed(text) ?? []);
    }),
  );
  if (named.length > 0) return [...new Set(named)];
  const isDjango = (unit: SourceUnit) =>
    unit.facts.imports.some(({ raw }) => /^django\.(?:urls|conf\.urls)/.test(raw));
  const declared = python.filter(
    (unit) => isDjango(unit) && unit.members.get(-1)?.has('urlpatterns') === true,
  );
  const included = new Set(declared.flatMap((unit) => reader.includedBy(unit)));
  return declared.filter((unit) => !included.has(unit));
}

class UrlReader {
  readonly found: FoundEndpoint[] = [];
  private readonly byName = new Map<string, SourceUnit>();
  /** Lists of patterns that are being read: they may include each other in a circle. */
  private readonly within = new Set<Value>();
  private lists = 0;

  constructor(
    private readonly run: Interpreter,
    python: readonly SourceUnit[],
  ) {
    for (const unit of python) {
      const parts = unit.path.replace(/(?:\/__init__)?\.py$/, '').split('/');
      // Every suffix names the module from some source root; the shortest path wins.
      parts.forEach((_, at) => {
        const name = parts.slice(at).join('.');
        const known = this.byName.get(name);
        if (!known || known.path.length > unit.path.length) this.byName.set(name, unit);
      });
    }
  }

  unitNamed(name: string): SourceUnit | undefined {
    return this.byName.get(name);
  }

  includedBy(unit: SourceUnit): SourceUnit[] {
    const patterns = this.run.module(unit).vars.get('urlpatterns');
    if (patterns?.kind !== 'value') return [];
    return flatten(patterns.value).flatMap((one) => {
      const view = one.kind === 'call' ? one.args[1] : undefined;
      if (view?.kind !== 'call' || view.name !== 'include') return [];
      const text = textOf(view.args[0], patterns.env, this.run);
      return text === null ? [] : (this.unitNamed(text) ?? []);
    });
  }

  module(unit: SourceUnit, prefix: string, depth: number): void {
    const patterns = this.run.module(unit).vars.get('urlpatterns');
    if (patterns) this.patterns(patterns, prefix, depth);
  }

  private patterns(thing: Thing, prefix: string, depth: number): void {
    if (depth > MAX_DEPTH || this.found.length > MAX_ENDPOINTS) return;
    if (thing.kind === 'router') {
      this.found.push(...routerPatterns(thing.router, prefix, this.run));
      return;
    }
    if (thing.kind !== 'value' || this.within.has(thing.value)) return;
    if ((this.lists += 1) > MAX_LISTS) return;
    this.within.add(thing.value);
    this.list(thing.value, thing.env, prefix, depth);
    this.within.delete(thing.value);
  }

  private list(value: Value, env: Env, prefix: string, depth: number): void {
    for (const one of flatten(value)) {
      if (one.kind === 'call' && /^(?:path|re_path|url)$/.test(one.name))
        this.pattern(one, env, prefix, depth);
      else if (one.kind === 'call' && /^(?:i18n_patterns|format_suffix_patterns)$/.test(one.name)) {
        const list: Value = { kind: 'list', items: one.args };
        const language = one.name === 'i18n_patterns' ? '<language>/' : '';
        this.patterns({ kind: 'value', value: list, env }, prefix + language, depth + 1);
      } else if (one.kind === 'name' || one.kind === 'member') {
        const held = this.run.evaluate(one, env);
        if (held && held.kind !== 'module') this.patterns(held, prefix, depth + 1);
      }
    }
  }

  private pattern(call: CallValue, env: Env, prefix: string, depth: number): void {
    const text = textOf(
      call.args[0] ?? call.named.find(({ key }) => key === 'route')?.value,
      env,
      this.run,
    );
    const view = call.args[1] ?? call.named.find(({ key }) => key === 'view')?.value;
    if (text === null || !view) return;
    const path =
      prefix + (call.name === 'path' ? text : text.replace(/^\^/, '').replace(/\$$/, ''));
    if (view.kind === 'call' && view.name === 'include')
      return this.include(view, env, path, depth);
    // `admin.site.urls` belongs to Django itself.
    if (view.kind === 'name' && view.name.endsWith('site.urls')) return;
    this.add(view, path, call.line, env);
  }

  private include(call: CallValue, env: Env, path: string, depth: number): void {
    const [given] = call.args;
    const first =
      given?.kind === 'list' && given.items[0]?.kind !== 'call' ? given.items[0] : given;
    if (!first) return;
    const text = textOf(first, env, this.run);
    const unit = text === null ? undefined : this.unitNamed(text);
    if (unit) return this.module(unit, path, depth + 1);
    const thing = this.run.evaluate(first, env);
    const home = thing?.kind === 'module' ? this.run.table.units.get(thing.path) : undefined;
    if (home) this.module(home, path, depth + 1);
    else if (thing) this.patterns(thing, path, depth + 1);
  }

  private add(view: Value, path: string, line: number, env: Env): void {
    const handler = this.handler(view, env);
    for (const method of djangoMethods(view, handler, env, this.run)) {
      this.found.push({
        method,
        path: `/${path}`,
        file: handler?.path ?? env.unit.path,
        line,
        handler,
        auth: this.guard(view, handler),
        framework: 'django',
        doubt: null,
      });
    }
  }

  private handler(view: Value, env: Env): SymbolRef | null {
    const name =
      viewClass(view) ?? (view.kind === 'call' && view.args[0] ? viewClass(view.args[0]) : null);
    if (name === null) return null;
    const parts = name.split('.');
    if (parts.length === 1) return this.run.table.local(env.unit, name);
    const owner = this.run.evaluate({ kind: 'name', name: parts.slice(0, -1).join('.') }, env);
    return owner?.kind === 'module'
      ? this.run.table.exported(owner.path, parts.at(-1) ?? '')
      : null;
  }

  private guard(view: Value, handler: SymbolRef | null): string | null {
    const wrapped = view.kind === 'call' && view.name !== 'as_view' ? guardAmong([view]) : null;
    if (wrapped !== null) return shownAs(view);
    if (!handler) return null;
    for (const ref of lineage(this.run.table, handler)) {
      const unit = this.run.table.units.get(ref.path);
      const found = unit && guardAmong(annotationsOn(unit, ref.index).map(asCall));
      if (found) return `@${found.replace(/\(\)$/, '')}`;
      const mixin = unit?.facts.heritage.find(
        (one) =>
          one.symbol === ref.index && /(?:Login|Permission)Required|UserPassesTest/.test(one.name),
      );
      if (mixin) return mixin.name;
    }
    return permissionsOf(handler, this.run);
  }
}

/** Items of a list, of lists added to it, and of spread lists. */
function flatten(value: Value): Value[] {
  return value.kind === 'list' ? value.items.flatMap(flatten) : [value];
}
