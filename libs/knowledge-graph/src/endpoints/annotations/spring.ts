import type { Annotation, Value } from '../../extract/routing/routing-facts.js';
import type { SourceUnit, SymbolRef } from '../../resolve/source-unit.js';
import type { FoundEndpoint } from '../found-endpoint.js';
import type { Interpreter } from '../interpret/interpreter.js';
import { textsOf } from '../interpret/texts.js';
import { joinStrictly } from '../route-path.js';
import { annotationsOn, argument, lineage, methodsOf, shownAnnotation } from './annotated.js';

const MAPPING = /^(Get|Post|Put|Patch|Delete|Request)Mapping$/;
const GUARDS =
  /^(?:PreAuthorize|PostAuthorize|Secured|RolesAllowed|Authenticated|AuthenticationPrincipal)$/;
const OPEN = /^(?:PermitAll|AnonymousAllowed)$/;

/**
 * Spring controllers: mappings of class and method with all their paths and methods, declared here, on an
 * interface or on a base class. `contextPath` comes from the application's settings.
 */
export function springEndpoints(
  run: Interpreter,
  units: readonly SourceUnit[],
  contextPath: string,
): FoundEndpoint[] {
  return units
    .filter(({ facts }) => facts.language === 'java')
    .flatMap((unit) =>
      (unit.facts.routing?.annotations ?? [])
        .filter(
          ({ name, symbol }) =>
            /^(?:Rest)?Controller$/.test(name) && unit.facts.symbols[symbol]?.kind === 'class',
        )
        .flatMap(({ symbol }) =>
          ofController(run, { path: unit.path, index: symbol }, contextPath),
        ),
    );
}

function ofController(run: Interpreter, type: SymbolRef, contextPath: string): FoundEndpoint[] {
  const bases = lineage(run.table, type);
  const classMapping = bases.flatMap((ref) => mappings(run, ref))[0];
  const classGuard = guardOf(run, bases);
  const prefixes = classMapping ? pathsOf(run, classMapping) : [''];
  return methodsOf(run.table, type).flatMap(({ declarations }) => {
    const [own] = declarations;
    const mapping = declarations.flatMap((ref) => mappings(run, ref))[0];
    if (!own || !mapping) return [];
    const guard = guardOf(run, declarations) ?? classGuard;
    const isOpen = declarations.some((ref) => has(run, ref, OPEN));
    return methodsIn(mapping.annotation, classMapping?.annotation).flatMap((method) =>
      prefixes.flatMap((prefix) =>
        pathsOf(run, mapping).map((path): FoundEndpoint => ({
          method,
          path: joinStrictly(contextPath, prefix, path),
          file: own.path,
          line: run.table.symbol(own)?.startLine ?? 1,
          handler: own,
          auth: isOpen ? null : guard,
          framework: 'spring',
          doubt: null,
        })),
      ),
    );
  });
}

interface Mapping {
  annotation: Annotation;
  unit: SourceUnit;
}

function mappings(run: Interpreter, ref: SymbolRef): Mapping[] {
  const unit = run.table.units.get(ref.path);
  if (!unit) return [];
  return annotationsOn(unit, ref.index)
    .filter(({ name }) => MAPPING.test(name))
    .map((annotation) => ({ annotation, unit }));
}

function pathsOf(run: Interpreter, { annotation, unit }: Mapping): string[] {
  const value = argument(annotation, 'value', 'path') ?? annotation.args[0] ?? null;
  const paths = textsOf(value, run.module(unit), run);
  return paths.length > 0 ? paths : [''];
}

/** The methods of a mapping; those of the class narrow a bare `@RequestMapping`. */
function methodsIn(annotation: Annotation, ofClass: Annotation | undefined): string[] {
  const verb = MAPPING.exec(annotation.name)?.[1] ?? 'Request';
  if (verb !== 'Request') return [verb.toUpperCase()];
  const own = named(argument(annotation, 'method'));
  if (own.length > 0) return own;
  const above = ofClass ? named(argument(ofClass, 'method')) : [];
  return above.length > 0 ? above : ['ALL'];
}

function named(value: Value | null): string[] {
  if (value?.kind === 'list') return value.items.flatMap(named);
  return value?.kind === 'name' ? [value.name.split('.').at(-1) ?? ''] : [];
}

function guardOf(run: Interpreter, refs: readonly SymbolRef[]): string | null {
  for (const ref of refs) {
    const unit = run.table.units.get(ref.path);
    const found = unit && annotationsOn(unit, ref.index).find(({ name }) => GUARDS.test(name));
    if (found) return shownAnnotation(found, '@');
  }
  return null;
}

function has(run: Interpreter, ref: SymbolRef, pattern: RegExp): boolean {
  const unit = run.table.units.get(ref.path);
  return (
    unit !== undefined && annotationsOn(unit, ref.index).some(({ name }) => pattern.test(name))
  );
}
