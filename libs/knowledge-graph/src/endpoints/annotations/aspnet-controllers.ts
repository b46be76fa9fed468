import type { Annotation } from '../../extract/routing/routing-facts.js';
import type { SourceUnit, SymbolRef } from '../../resolve/source-unit.js';
import type { FoundEndpoint } from '../found-endpoint.js';
import type { Interpreter } from '../interpret/interpreter.js';
import { textOf } from '../interpret/texts.js';
import { joinRoute } from '../route-path.js';
import { annotationsOn, lineage, methodsOf, shownAnnotation } from './annotated.js';

const VERB = /^Http(Get|Post|Put|Patch|Delete|Head|Options)$/;

/** ASP.NET controllers: attribute routes with their tokens, and the conventional route where one is mapped. */
export function aspnetControllers(run: Interpreter, units: readonly SourceUnit[]): FoundEndpoint[] {
  const sharp = units.filter(({ facts }) => facts.language === 'csharp');
  const convention = conventionIn(run, sharp);
  return sharp.flatMap((unit) =>
    unit.facts.symbols.flatMap((symbol, index) => {
      const ref = { path: unit.path, index };
      const isController =
        symbol.kind === 'class' &&
        symbol.visibility !== 'private' &&
        !/\babstract\b/.test(symbol.signature) &&
        isControllerClass(run, ref);
      return isController ? ofController(run, ref, convention) : [];
    }),
  );
}

function isControllerClass(run: Interpreter, ref: SymbolRef): boolean {
  return lineage(run.table, ref).some((one) => {
    const unit = run.table.units.get(one.path);
    const name = run.table.symbol(one)?.name ?? '';
    const on = unit ? annotationsOn(unit, one.index) : [];
    const bases = unit?.facts.heritage.filter(({ symbol }) => symbol === one.index) ?? [];
    return (
      on.some(
        (annotation) => annotation.name === 'ApiController' || annotation.name === 'Controller',
      ) ||
      bases.some((base) => /^(?:ControllerBase|Controller|ODataController)$/.test(base.name)) ||
      (name.endsWith('Controller') && on.some((annotation) => annotation.name === 'Route'))
    );
  });
}

/** The pattern of `MapControllerRoute`, or of the default route; null when none is mapped. */
function conventionIn(run: Interpreter, units: readonly SourceUnit[]): string | null {
  for (const unit of units) {
    for (const { value } of unit.facts.routing?.statements ?? []) {
      if (value.kind !== 'call') continue;
      if (value.name === 'MapDefaultControllerRoute')
        return '{controller=Home}/{action=Index}/{id?}';
      if (value.name !== 'MapControllerRoute') continue;
      const given = value.named.find(({ key }) => key === 'pattern')?.value ?? value.args[1];
      const pattern = textOf(given, run.module(unit), run);
      if (pattern?.includes('{controller') === true) return pattern;
    }
  }
  return null;
}

function ofController(
  run: Interpreter,
  type: SymbolRef,
  convention: string | null,
): FoundEndpoint[] {
  const bases = lineage(run.table, type).flatMap((ref) => {
    const unit = run.table.units.get(ref.path);
    return unit ? [{ unit, on: annotationsOn(unit, ref.index) }] : [];
  });
  const name = (run.table.symbol(type)?.name ?? '').replace(/Controller$/, '');
  const area =
    bases.flatMap(({ on, unit }) =>
      on
        .filter((one) => one.name === 'Area')
        .map((one) => textOf(one.args[0], run.module(unit), run)),
    )[0] ?? '';
  const routed = bases.find(({ on }) => on.some((one) => one.name === 'Route'));
  const prefixes = routed ? routesIn(routed.on, 'Route', routed.unit, run) : [];
  const classGuard = bases.flatMap(({ on }) => on).find((one) => one.name === 'Authorize');
  return methodsOf(run.table, type).flatMap(({ name: action, declarations: [own] }) => {
    const home = own && run.table.units.get(own.path);
    const symbol = own && run.table.symbol(own);
    if (!own || !home || !symbol || symbol.visibility !== 'public') return [];
    const on = annotationsOn(home, own.index);
    const isConstructor = symbol.returnType === null;
    if (isConstructor || on.some((one) => one.name === 'NonAction')) return [];
    const guard = on.find((one) => one.name === 'Authorize') ?? classGuard;
    const isOpen = on.some((one) => one.name === 'AllowAnonymous');
    const tokens = {
      controller: name,
      action:
        textOf(on.find((one) => one.name === 'ActionName')?.args[0], run.module(home), run) ??
        action,
      area,
    };
    return actionRoutes(on, home, run, prefixes, convention, tokens).map(
      ({ method, path }): FoundEndpoint => ({
        method,
        path: fill(path, tokens),
        file: own.path,
        line: symbol.startLine,
        handler: own,
        auth: guard && !isOpen ? shownAnnotation(guard, '[') : null,
        framework: 'aspnetcore',
        doubt: null,
      }),
    );
  });
}

function actionRoutes(
  on: readonly Annotation[],
  unit: SourceUnit,
  run: Interpreter,
  prefixes: readonly string[],
  convention: string | null,
  tokens: { controller: string; action: string },
): { method: string; path: string }[] {
  const env = run.module(unit);
  const verbs = on.flatMap((one) => {
    if (one.name === 'AcceptVerbs') {
      const methods = one.args.flatMap((value) => textOf(value, env, run)?.toUpperCase() ?? []);
      const route = textOf(one.named.find(({ key }) => key === 'Route')?.value, env, run);
      return methods.map((method) => ({ method, template: route }));
    }
    const verb = VERB.exec(one.name)?.[1];
    return verb === undefined
      ? []
      : [{ method: verb.toUpperCase(), template: textOf(one.args[0], env, run) }];
  });
  const routes = routesIn(on, 'Route', unit, run);
  const methods = verbs.length > 0 ? verbs : [{ method: 'ALL', template: null }];
  const isAttributed =
    prefixes.length > 0 || routes.length > 0 || verbs.some(({ template }) => template !== null);
  if (!isAttributed) {
    if (convention === null) return [];
    return methods.map(({ method }) => ({ method, path: conventional(convention, tokens) }));
  }
  return methods.flatMap(({ method, template }) => {
    const templates = template === null ? (routes.length > 0 ? routes : ['']) : [template];
    return templates.flatMap((one) =>
      /^~?\//.test(one)
        ? [{ method, path: joinRoute(one.replace(/^~/, '')) }]
        : (prefixes.length > 0 ? prefixes : ['']).map((prefix) => ({
            method,
            path: joinRoute(prefix, one),
          })),
    );
  });
}

function routesIn(
  on: readonly Annotation[],
  name: string,
  unit: SourceUnit,
  run: Interpreter,
): string[] {
  return on
    .filter((one) => one.name === name)
    .flatMap((one) => textOf(one.args[0], run.module(unit), run) ?? []);
}

function conventional(
  pattern: string,
  { controller, action }: { controller: string; action: string },
): string {
  return joinRoute(
    pattern.replace(/\{controller[^}]*\}/, controller).replace(/\{action[^}]*\}/, action),
  );
}

function fill(path: string, tokens: { controller: string; action: string; area: string }): string {
  return path
    .replace(/\[controller\]/gi, tokens.controller)
    .replace(/\[action\]/gi, tokens.action)
    .replace(/\[area\]/gi, tokens.area);
}
