import type { Annotation, Value } from '../../extract/routing/routing-facts.js';
import type { SourceUnit, SymbolRef } from '../../resolve/source-unit.js';
import { isEcmaScript } from '../../syntax/language.js';
import type { FoundEndpoint } from '../found-endpoint.js';
import type { Interpreter } from '../interpret/interpreter.js';
import { textOf, textsOf } from '../interpret/texts.js';
import { joinRoute } from '../route-path.js';
import { annotationsOn, argument, methodsOf, shownAnnotation } from './annotated.js';
import { readNestSettings, type NestSettings } from './nest-settings.js';

const VERBS = /^(?:Get|Post|Put|Patch|Delete|Head|Options|All|Search|Sse)$/;
const GUARDS = /^(?:UseGuards|Auth|Authorize|Roles|Permissions?|Scopes|ApiBearerAuth)$/;
const PUBLIC = /^(?:Public|SkipAuth|IsPublic|AllowAnonymous)$/;

/** NestJS controllers: class and method decorators, global prefix, URI versions, router modules. */
export function nestEndpoints(run: Interpreter, units: readonly SourceUnit[]): FoundEndpoint[] {
  const controllers = units
    .filter(({ facts }) => isEcmaScript(facts.language))
    .flatMap((unit) => controllersOf(unit));
  if (controllers.length === 0) return [];
  const settings = readNestSettings(run, units);
  return controllers.flatMap((one) => ofController(run, one, settings));
}

interface Controller {
  unit: SourceUnit;
  ref: SymbolRef;
  name: string;
  annotation: Annotation;
}

function controllersOf(unit: SourceUnit): Controller[] {
  return (unit.facts.routing?.annotations ?? [])
    .filter(
      ({ name, symbol }) => name === 'Controller' && unit.facts.symbols[symbol]?.kind === 'class',
    )
    .map((annotation) => ({
      unit,
      annotation,
      ref: { path: unit.path, index: annotation.symbol },
      name: unit.facts.symbols[annotation.symbol]?.name ?? '',
    }));
}

function ofController(
  run: Interpreter,
  { unit, ref, name, annotation }: Controller,
  settings: NestSettings,
): FoundEndpoint[] {
  const outer = settings.prefixesOf(name);
  if (outer === null) return [];
  const env = run.module(unit);
  const options = annotation.args.find((one) => one.kind === 'record');
  const field = (key: string): Value | null =>
    options?.kind === 'record'
      ? (options.entries.find((one) => one.key === key)?.value ?? null)
      : null;
  const prefixes = pathsOr(textsOf(options ? field('path') : annotation.args[0], env, run));
  const onClass = annotationsOn(unit, ref.index);
  const version = versionsOf(
    field('version') ?? onClass.find((one) => one.name === 'Version')?.args[0] ?? null,
    unit,
    run,
  );
  return methodsOf(run.table, ref).flatMap(({ declarations }) => {
    const [own] = declarations;
    const home = own && run.table.units.get(own.path);
    if (!own || !home) return [];
    const on = annotationsOn(home, own.index);
    const guard =
      on.find((one) => GUARDS.test(one.name)) ?? onClass.find((one) => GUARDS.test(one.name));
    const isPublic = on.some((one) => PUBLIC.test(one.name));
    const versions =
      versionsOf(on.find((one) => one.name === 'Version')?.args[0] ?? null, home, run) ?? version;
    return on
      .filter((one) => VERBS.test(one.name))
      .flatMap((verb) => {
        const paths = pathsOr(
          textsOf(argument(verb, 'path') ?? verb.args[0], run.module(home), run),
        );
        return outer
          .flatMap((above) =>
            prefixes.flatMap((prefix) =>
              paths.flatMap((path) => settings.fullPaths(joinRoute(above, prefix, path), versions)),
            ),
          )
          .map((path): FoundEndpoint => ({
            method: verb.name === 'Sse' ? 'GET' : verb.name.toUpperCase(),
            path,
            file: own.path,
            line: run.table.symbol(own)?.startLine ?? 1,
            handler: own,
            auth: guard && !isPublic ? shownAnnotation(guard, '@') : null,
            framework: 'nestjs',
            doubt: null,
          }));
      });
  });
}

function pathsOr(paths: string[]): string[] {
  return paths.length > 0 ? paths : [''];
}

/** `'1'`, `['1', '2']`; `''` for VERSION_NEUTRAL; null when nothing is said. */
function versionsOf(value: Value | null, unit: SourceUnit, run: Interpreter): string[] | null {
  if (value === null) return null;
  const items = value.kind === 'list' ? value.items : [value];
  return items.map((one) =>
    one.kind === 'name' && one.name.endsWith('VERSION_NEUTRAL')
      ? ''
      : (textOf(one, run.module(unit), run) ?? ''),
  );
}
