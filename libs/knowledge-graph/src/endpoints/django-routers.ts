import type { SymbolRef } from '../resolve/source-unit.js';
import { annotationsOn, lineage } from './annotations/annotated.js';
import { permissionsOf } from './django-views.js';
import type { FoundEndpoint } from './found-endpoint.js';
import { option, type Dialect, type RouterCall } from './interpret/dialect.js';
import type { Interpreter } from './interpret/interpreter.js';
import { Router, type RouteEntry } from './interpret/router.js';
import { textOf, textsOf } from './interpret/texts.js';
import type { Thing } from './interpret/things.js';

/** Routers of Django REST framework; their routes are made when a URL configuration includes them. */
export const restFramework: Dialect = {
  framework: 'djangorestframework',

  make({ package: from, member }, _call, _env, run): Thing | null {
    const isRouter =
      from.startsWith('rest_framework') && /(?:^|\.)(?:Default|Simple)Router$/.test(member);
    return isRouter ? run.view(new Router('djangorestframework', false)) : null;
  },

  call({ on, call, env, run }: RouterCall): Thing | null | undefined {
    if (call.name !== 'register') return undefined;
    const prefix = textOf(call.args[0] ?? option(call, 'prefix'), env, run);
    const handler = call.args[1] ?? option(call, 'viewset');
    if (prefix !== null && handler)
      on.router.route({
        methods: ['ALL'],
        path: prefix,
        handler,
        env,
        line: call.line,
        auth: null,
      });
    return on;
  },
};

const LIST: Readonly<Record<string, string>> = { list: 'GET', create: 'POST' };
const DETAIL: Readonly<Record<string, string>> = {
  retrieve: 'GET',
  update: 'PUT',
  partial_update: 'PATCH',
  destroy: 'DELETE',
};

/** Actions that the base classes bring along. */
const BRINGS: readonly (readonly [RegExp, string[]])[] = [
  [/(?:^|\.)ModelViewSet$/, ['list', 'create', 'retrieve', 'update', 'partial_update', 'destroy']],
  [/(?:^|\.)ReadOnlyModelViewSet$/, ['list', 'retrieve']],
  [/(?:^|\.)ListModelMixin$/, ['list']],
  [/(?:^|\.)CreateModelMixin$/, ['create']],
  [/(?:^|\.)RetrieveModelMixin$/, ['retrieve']],
  [/(?:^|\.)UpdateModelMixin$/, ['update', 'partial_update']],
  [/(?:^|\.)DestroyModelMixin$/, ['destroy']],
];

/** The routes that a router makes of its view sets. */
export function routerPatterns(router: Router, prefix: string, run: Interpreter): FoundEndpoint[] {
  router.isMounted = true;
  return router.entries.flatMap((entry) =>
    entry.kind === 'route' ? viewSet(entry, prefix, run) : [],
  );
}

function viewSet(entry: RouteEntry, prefix: string, run: Interpreter): FoundEndpoint[] {
  const { handler, env } = entry;
  const type = handler.kind === 'name' ? typeNamed(handler.name, entry, run) : null;
  if (!type) return [];
  const base = `/${prefix}${entry.path}/`;
  const key = `<${lookupOf(type, run) ?? 'pk'}>`;
  const endpoint = (method: string, path: string, action: SymbolRef | null): FoundEndpoint => ({
    method,
    path,
    file: type.path,
    line: entry.line,
    handler: action ?? type,
    auth: permissionsOf(type, run),
    framework: 'django',
    doubt: null,
  });
  const found: FoundEndpoint[] = [];
  const actions = actionsOf(type, run);
  for (const name of actions) {
    const own = run.table.member(type, name);
    const [list, detail] = [LIST[name], DETAIL[name]];
    if (list !== undefined) found.push(endpoint(list, base, own));
    if (detail !== undefined) found.push(endpoint(detail, `${base}${key}/`, own));
  }
  const unit = run.table.units.get(type.path) ?? env.unit;
  unit.facts.symbols.forEach((symbol, index) => {
    if (symbol.parent !== type.index) return;
    const extra = annotationsOn(unit, index).find(({ name }) => name === 'action');
    if (!extra) return;
    const field = (name: string) => extra.named.find((one) => one.key === name)?.value;
    const detail = field('detail');
    const isDetail =
      detail?.kind === 'name'
        ? detail.name === 'True'
        : /detail\s*=\s*True/.test(symbol.decorators.join(' '));
    const path = textOf(field('url_path'), run.module(unit), run) ?? symbol.name;
    const methods = textsOf(field('methods'), run.module(unit), run);
    for (const method of methods.length > 0 ? methods : ['get'])
      found.push(
        endpoint(method.toUpperCase(), `${base}${isDetail ? `${key}/` : ''}${path}/`, {
          path: unit.path,
          index,
        }),
      );
  });
  return found;
}

function typeNamed(name: string, { env }: RouteEntry, run: Interpreter): SymbolRef | null {
  const parts = name.split('.');
  if (parts.length === 1) return run.table.local(env.unit, name);
  const owner = run.evaluate({ kind: 'name', name: parts.slice(0, -1).join('.') }, env);
  return owner?.kind === 'module' ? run.table.exported(owner.path, parts.at(-1) ?? '') : null;
}

function actionsOf(type: SymbolRef, run: Interpreter): Set<string> {
  const actions = new Set<string>();
  for (const name of [...Object.keys(LIST), ...Object.keys(DETAIL)])
    if (run.table.member(type, name) !== null) actions.add(name);
  for (const ref of lineage(run.table, type)) {
    const unit = run.table.units.get(ref.path);
    for (const { symbol, name } of unit?.facts.heritage ?? []) {
      if (symbol !== ref.index) continue;
      for (const [pattern, brought] of BRINGS)
        if (pattern.test(name)) for (const one of brought) actions.add(one);
    }
  }
  return actions;
}

function lookupOf(type: SymbolRef, run: Interpreter): string | null {
  const unit = run.table.units.get(type.path);
  const symbol = run.table.symbol(type);
  const statement = unit?.facts.routing?.statements.find(
    (one) =>
      one.target === 'lookup_field' &&
      symbol &&
      one.line >= symbol.startLine &&
      one.line <= symbol.endLine,
  );
  return statement && unit ? textOf(statement.value, run.module(unit), run) : null;
}
