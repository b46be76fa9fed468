import { isEcmaScript } from '../syntax/language.js';
import type { OutlinePaths } from './outline-paths.js';
import type { PythonPaths } from './python-paths.js';
import type { SourceUnit, SymbolRef } from './source-unit.js';
import type { SymbolTable } from './symbol-table.js';

/** Most files a C# `using` without a recognised type is spread over. */
const MAX_NAMESPACE_FILES = 20;

/** Finds the file behind a TypeScript/JavaScript specifier. */
export type SpecifierResolver = (from: string, specifier: string) => string | null;

/** Binds the imports of a file to files of the project; Java's and C#'s go by type, see `linkByType`. */
export function linkByPath(
  unit: SourceUnit,
  resolve: SpecifierResolver,
  python: PythonPaths,
  outline: OutlinePaths,
): void {
  if (isEcmaScript(unit.facts.language)) linkEcmaScript(unit, resolve);
  else if (unit.facts.language === 'python') linkPython(unit, python);
  else {
    for (const fact of unit.facts.imports) {
      for (const { path, resolution } of outline.resolve(unit, fact.raw)) {
        if (path !== unit.path) unit.imports.push({ fact, path, resolution });
      }
    }
  }
}

function linkEcmaScript(unit: SourceUnit, resolve: SpecifierResolver): void {
  for (const fact of unit.facts.imports) {
    const path = resolve(unit.path, fact.raw);
    if (path === null || path === unit.path) continue;
    unit.imports.push({ fact, path, resolution: 'exact' });
    for (const { imported, local } of fact.names) {
      if (fact.kind !== 'reexport') unit.bindings.set(local, { path, imported });
      else if (local === '*') unit.wildcards.push(path);
      else unit.bindings.set(`export ${local}`, { path, imported });
    }
  }
}

function linkPython(unit: SourceUnit, python: PythonPaths): void {
  for (const fact of unit.facts.imports) {
    const path = python.resolve(unit.path, fact.raw);
    let usesPackage = false;
    for (const { imported, local } of fact.names) {
      if (local === '*') {
        if (path) unit.wildcards.push(path);
        usesPackage = true;
        continue;
      }
      const isModule = imported === '*';
      const separator = fact.raw.endsWith('.') ? '' : '.';
      const submodule = isModule
        ? null
        : python.resolve(unit.path, fact.raw + separator + imported);
      if (submodule && submodule !== unit.path) {
        unit.imports.push({ fact, path: submodule, resolution: 'exact' });
        unit.bindings.set(local, { path: submodule, imported: '*' });
        continue;
      }
      usesPackage = true;
      if (path) unit.bindings.set(local, { path, imported: isModule ? '*' : imported });
    }
    // `from package import module` is a use of the module alone.
    if (usesPackage && path && path !== unit.path)
      unit.imports.push({ fact, path, resolution: 'exact' });
  }
}

/** Binds Java and C# files by the types they import and use; needs the table of all types. */
export function linkByType(unit: SourceUnit, table: SymbolTable): void {
  const { language, imports, heritage, typeReferences } = unit.facts;
  if (language !== 'java' && language !== 'csharp') return;
  const linked = new Set<string>([unit.path]);
  const link = (
    path: string,
    line: number,
    raw: string,
    resolution: 'exact' | 'typed' | 'ambiguous',
  ) => {
    if (linked.has(path)) return;
    linked.add(path);
    unit.imports.push({ fact: { raw, line, names: [], kind: 'import' }, path, resolution });
  };
  for (const fact of language === 'java' ? imports : []) {
    const found =
      fact.raw.endsWith('.*') && fact.kind === 'import' ? null : table.javaByName(fact.raw);
    if (found) link(found.path, fact.line, fact.raw, 'exact');
  }
  const linkType = (found: SymbolRef | null, line: number, name: string): void => {
    for (const { path } of found ? table.parts(found) : [])
      link(path, line, name, language === 'java' ? 'exact' : 'typed');
  };
  for (const { name, line, symbol } of heritage)
    linkType(table.type(unit, name, symbol), line, name);
  for (const { name, line } of typeReferences) linkType(table.type(unit, name), line, name);
  for (const fact of language === 'csharp' ? imports : []) {
    const files = table.csharpNamespaces.get(fact.raw) ?? [];
    if (files.some((file) => linked.has(file)) || files.length > MAX_NAMESPACE_FILES) continue;
    for (const file of files) link(file, fact.line, fact.raw, 'ambiguous');
  }
}
