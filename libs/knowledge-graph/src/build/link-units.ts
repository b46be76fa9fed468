import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ProjectFacts } from '../discover/project-facts.js';
import { EcmaScriptPaths } from '../resolve/ecmascript-paths.js';
import { linkByPath, linkByType } from '../resolve/import-linker.js';
import { OutlinePaths } from '../resolve/outline-paths.js';
import { OxcPaths } from '../resolve/oxc-paths.js';
import { PythonPaths } from '../resolve/python-paths.js';
import { newUnit, type SourceUnit } from '../resolve/source-unit.js';
import { SymbolTable } from '../resolve/symbol-table.js';
import type { CollectedFacts } from './collect-facts.js';
import { symbolIds } from './ids.js';

/** Files handled between two turns of the event loop: some milliseconds of work. */
const FILES_PER_TURN = 100;

/** Gives the event loop a turn every FILES_PER_TURN calls and ends the work on abort. */
export async function breathe(count: number, signal?: AbortSignal): Promise<void> {
  if (count % FILES_PER_TURN !== 0) return;
  await nextTurn();
  signal?.throwIfAborted();
}

/** Resolves the imports of all files and returns the table that answers for names. */
export async function linkUnits(
  collected: CollectedFacts,
  project: ProjectFacts,
  rootDir?: string,
  signal?: AbortSignal,
): Promise<SymbolTable> {
  const units = new Map<string, SourceUnit>();
  for (const { file, facts } of collected.sources) {
    units.set(
      file.path,
      newUnit(file.path, file.blobId, facts, symbolIds(file.path, facts.symbols)),
    );
  }
  const paths = new Set(units.keys());
  const byPath = new EcmaScriptPaths(paths, collected.manifests, project.packages);
  const onDisk = rootDir === undefined ? null : new OxcPaths(rootDir, paths);
  const python = new PythonPaths(paths);
  const resolve = (from: string, specifier: string): string | null =>
    onDisk?.resolve(from, specifier) ?? byPath.resolve(from, specifier);
  const outline = new OutlinePaths(units, collected.manifests);
  const table = new SymbolTable(units);
  let count = 0;
  for (const unit of units.values()) {
    linkByPath(unit, resolve, python, outline);
    await breathe((count += 1), signal);
  }
  for (const unit of units.values()) {
    linkByType(unit, table);
    unit.facts = { ...unit.facts, typeReferences: [] };
    await breathe((count += 1), signal);
  }
  return table;
}
