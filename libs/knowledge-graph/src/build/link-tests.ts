import { isTestPath, testedName } from '../discover/test-files.js';
import { folderOf } from '../discover/project-facts.js';
import type { Resolution, SourceUnit } from '../resolve/source-unit.js';
import type { SymbolTable } from '../resolve/symbol-table.js';
import type { EdgeList } from './edge-list.js';
import { moduleId } from './ids.js';

/** Folders that set tests apart and say nothing of what they test. */
const APART =
  /^(?:__tests__|__test__|tests?|specs?|e2e|unit|integration|functional|src|lib|app|main|java|python|kotlin)$/;

/**
 * `tests` edges from a test file to what it tests: the modules it imports, those whose functions it calls
 * (through barrels, too), and the one that its name and its place mirror.
 */
export function linkTests(table: SymbolTable, edges: EdgeList): void {
  const byName = productiveByName(table);
  const moduleOf = new Map<string, string>();
  for (const unit of table.units.values()) for (const id of unit.ids) moduleOf.set(id, unit.path);
  const called = calledByTests(edges, moduleOf);
  for (const unit of table.units.values()) {
    if (!isTestPath(unit.path)) continue;
    const self = moduleId(unit.path);
    for (const { path, resolution } of unit.imports)
      if (!isTestPath(path) && resolution !== 'ambiguous')
        edges.add('tests', self, moduleId(path), resolution, undefined, { by: 'import' });
    for (const [path, resolution] of called.get(unit.path) ?? [])
      edges.add('tests', self, moduleId(path), resolution, undefined, { by: 'call' });
    linkByName(unit, byName, self, edges);
  }
}

function productiveByName(table: SymbolTable): Map<string, string[]> {
  const byName = new Map<string, string[]>();
  for (const path of table.units.keys()) {
    if (isTestPath(path)) continue;
    const base = path
      .slice(path.lastIndexOf('/') + 1)
      .replace(/\.\w+$/, '')
      .toLowerCase();
    const paths = byName.get(base);
    if (paths) paths.push(path);
    else byName.set(base, [path]);
  }
  return byName;
}

/** Productive modules that functions of a test file call for sure, by test file. */
function calledByTests(
  edges: EdgeList,
  moduleOf: ReadonlyMap<string, string>,
): Map<string, Map<string, Resolution>> {
  const called = new Map<string, Map<string, Resolution>>();
  for (const { from, to, type, metadata } of edges.all()) {
    const resolution = metadata['resolution'] as Resolution;
    if (type !== 'calls' || (resolution !== 'exact' && resolution !== 'typed')) continue;
    const test = moduleOf.get(from) ?? from.replace(/^mod:/, '');
    const path = moduleOf.get(to);
    if (!path || !isTestPath(test) || isTestPath(path)) continue;
    const known = called.get(test) ?? new Map<string, Resolution>();
    known.set(path, resolution);
    called.set(test, known);
  }
  return called;
}

function linkByName(
  unit: SourceUnit,
  byName: ReadonlyMap<string, string[]>,
  self: string,
  edges: EdgeList,
): void {
  const name = testedName(unit.path)?.toLowerCase();
  const named = (name !== undefined && byName.get(name)) || [];
  const extension = extensionFamily(unit.path);
  const same = named.filter((path) => extensionFamily(path) === extension);
  const [only] = same;
  const folder = folderOf(unit.path).replace(/\/?__tests__$/, '');
  const near = same.find((path) => folderOf(path) === folder);
  const mirrored = near ?? mirror(unit.path, same);
  if (mirrored) edges.add('tests', self, moduleId(mirrored), 'exact', undefined, { by: 'name' });
  else if (only && same.length === 1)
    edges.add('tests', self, moduleId(only), 'name-unique', undefined, { by: 'name' });
}

/** The one candidate whose folders, without those that set tests apart, end like the test's. */
function mirror(test: string, candidates: readonly string[]): string | null {
  const wanted = tellingFolders(test);
  if (wanted.length === 0) return null;
  const fitting = candidates.filter((path) => {
    const folders = tellingFolders(path);
    const [short, long] = folders.length < wanted.length ? [folders, wanted] : [wanted, folders];
    return (
      short.length > 0 && short.every((one, at) => long[long.length - short.length + at] === one)
    );
  });
  return fitting.length === 1 ? (fitting[0] ?? null) : null;
}

function tellingFolders(path: string): string[] {
  return folderOf(path)
    .split('/')
    .map((one) => one.replace(/\.(?:Tests?|UnitTests|IntegrationTests)$/, ''))
    .filter((one) => one !== '' && !APART.test(one));
}

function extensionFamily(path: string): string {
  const extension = path.slice(path.lastIndexOf('.') + 1);
  return /^[cm]?[jt]sx?$/.test(extension) ? 'js' : extension;
}
