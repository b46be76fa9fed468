import type { CallValue, Value } from '../../extract/routing/routing-facts.js';
import type { SourceUnit } from '../../resolve/source-unit.js';
import { option } from '../interpret/dialect.js';
import type { Interpreter } from '../interpret/interpreter.js';
import { textOf, textsOf } from '../interpret/texts.js';
import type { Env } from '../interpret/things.js';
import { isBelow, joinRoute } from '../route-path.js';

/** What a Nest application says once for all controllers. */
export interface NestSettings {
  /** Prefixes by router modules; null for a controller that no module lists. */
  prefixesOf(controller: string): string[] | null;
  /** The path with global prefix and versions. */
  fullPaths(path: string, versions: string[] | null): string[];
}

interface Found {
  prefix: string;
  excluded: string[];
  versioning: { prefix: string; fallback: string[] } | null;
  /** Names of controllers by the module that lists them. */
  listed: Map<string, string[]>;
  isListComplete: boolean;
  modulePrefixes: Map<string, string[]>;
}

/** Reads `setGlobalPrefix`, `enableVersioning`, `RouterModule.register` and the modules' lists. */
export function readNestSettings(run: Interpreter, units: readonly SourceUnit[]): NestSettings {
  const found: Found = {
    prefix: '',
    excluded: [],
    versioning: null,
    listed: new Map(),
    isListComplete: true,
    modulePrefixes: new Map(),
  };
  for (const unit of units) {
    const env = run.module(unit);
    for (const { value } of unit.facts.routing?.statements ?? [])
      if (value.kind === 'call') readCall(value, env, run, found);
    for (const annotation of unit.facts.routing?.annotations ?? []) {
      if (annotation.name !== 'Module') continue;
      const module = unit.facts.symbols[annotation.symbol]?.name ?? '';
      readModule(module, annotation.args[0], env, run, found);
    }
  }
  return {
    prefixesOf: (controller) => prefixesOf(controller, found),
    fullPaths: (path, versions) => fullPaths(path, versions, found),
  };
}

function readCall(call: CallValue, env: Env, run: Interpreter, found: Found): void {
  if (call.name === 'setGlobalPrefix') {
    found.prefix = textOf(call.args[0], env, run) ?? found.prefix;
    const excluded = option(call, 'exclude');
    for (const one of excluded?.kind === 'list' ? excluded.items : []) {
      const path =
        one.kind === 'record' ? one.entries.find(({ key }) => key === 'path')?.value : one;
      const text = textOf(path, env, run);
      if (text !== null) found.excluded.push(text);
    }
  }
  if (call.name === 'enableVersioning') {
    const type = option(call, 'type');
    const isUri = type === null || (type.kind === 'name' && type.name.endsWith('URI'));
    if (!isUri) return;
    found.versioning = {
      prefix: textOf(option(call, 'prefix'), env, run) ?? 'v',
      fallback: textsOf(option(call, 'defaultVersion'), env, run),
    };
  }
}

function readModule(
  module: string,
  options: Value | undefined,
  env: Env,
  run: Interpreter,
  found: Found,
): void {
  if (options?.kind !== 'record') return;
  const field = (key: string) => options.entries.find((one) => one.key === key)?.value;
  const controllers = field('controllers');
  const names = controllers ? namesIn(controllers, env, run) : [];
  if (names === null) found.isListComplete = false;
  for (const name of names ?? [])
    found.listed.set(name, [...(found.listed.get(name) ?? []), module]);
  const imports = field('imports');
  for (const one of imports?.kind === 'list' ? imports.items : []) {
    const isRouting =
      one.kind === 'call' && one.on?.kind === 'name' && one.on.name === 'RouterModule';
    if (isRouting && one.kind === 'call') readTree(one.args[0], '', env, run, found);
  }
}

/** Class names in a list, through constants and spreads; null when some of it can't be told. */
function namesIn(value: Value, env: Env, run: Interpreter): string[] | null {
  if (value.kind === 'list') {
    const parts = value.items.map((one) => namesIn(one, env, run));
    return parts.every((one) => one !== null) ? parts.flat() : null;
  }
  if (value.kind !== 'name') return null;
  const thing = run.evaluate(value, env);
  if (thing?.kind === 'value') return namesIn(thing.value, thing.env, run);
  return [thing?.kind === 'class' ? thing.name : (value.name.split('.').at(-1) ?? value.name)];
}

function readTree(
  value: Value | undefined,
  above: string,
  env: Env,
  run: Interpreter,
  found: Found,
): void {
  if (value?.kind === 'name') {
    const thing = run.evaluate(value, env);
    return thing?.kind === 'value'
      ? readTree(thing.value, above, thing.env, run, found)
      : undefined;
  }
  for (const one of value?.kind === 'list' ? value.items : []) {
    if (one.kind === 'name') addPrefix(one.name, above, found);
    if (one.kind !== 'record') continue;
    const field = (key: string) => one.entries.find((entry) => entry.key === key)?.value;
    const path = joinRoute(above, textOf(field('path'), env, run) ?? '');
    const module = field('module');
    if (module?.kind === 'name') addPrefix(module.name, path, found);
    readTree(field('children'), path, env, run, found);
  }
}

function addPrefix(module: string, prefix: string, found: Found): void {
  found.modulePrefixes.set(module, [...(found.modulePrefixes.get(module) ?? []), prefix]);
}

function prefixesOf(controller: string, found: Found): string[] | null {
  const modules = found.listed.get(controller);
  // A project that lists its controllers serves only those; a library lists none at all.
  if (!modules) return found.listed.size > 0 && found.isListComplete ? null : [''];
  const prefixes = modules.flatMap((one) => found.modulePrefixes.get(one) ?? ['']);
  return [...new Set(prefixes)];
}

function fullPaths(path: string, versions: string[] | null, found: Found): string[] {
  const isExcluded = found.excluded.some((one) =>
    one.includes('*') ? isBelow(path, one) : joinRoute(one) === path,
  );
  const base = isExcluded ? '' : found.prefix;
  if (!found.versioning) return [joinRoute(base, path)];
  const used =
    versions ?? (found.versioning.fallback.length > 0 ? found.versioning.fallback : ['']);
  return used.map((one) =>
    joinRoute(base, one === '' ? '' : `${found.versioning?.prefix ?? ''}${one}`, path),
  );
}
