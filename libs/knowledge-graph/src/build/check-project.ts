import { TOO_DEEP } from '../extract/file-facts.js';
import type { LinkedCall } from '../resolve/checker/checked-call.js';
import { callsKeys } from '../resolve/checker/calls-keys.js';
import { CHECKER_LIMITS, runChecker } from '../resolve/checker/checker.js';
import { linkTargets } from '../resolve/checker/link-targets.js';
import { packCalls, unpackCalls } from '../resolve/checker/packed-calls.js';
import type { SourceUnit } from '../resolve/source-unit.js';
import type { SymbolTable } from '../resolve/symbol-table.js';
import { isEcmaScript } from '../syntax/language.js';
import type { BuildGraphInput } from './graph-input.js';

/** Bounds the time it takes, not the memory: programs hold some hundred files each. 9,078 took 84 s and 780 MB. */
const MAX_CHECKED_FILES = 10_000;

/** Calls of files as TypeScript's checker sees them, and why some or all are missing. */
export interface ProjectCheck {
  files: ReadonlyMap<string, readonly LinkedCall[]>;
  reason: string | null;
  /** Files whose calls the cache knew. */
  fromCache: number;
}

/**
 * Asks the checker about the TypeScript and JavaScript files whose calls the cache does not know, unless the
 * project is too large. What it has found when it stops early is kept: next time it goes on from there.
 */
export async function checkProject(
  input: BuildGraphInput,
  table: SymbolTable,
  moduleLevel: ReadonlySet<string>,
): Promise<ProjectCheck> {
  // Code too deep for our stack is too deep for the compiler's, which would end its whole process.
  const units = [...table.units.values()].filter(
    ({ path, facts }) =>
      isEcmaScript(facts.language) && facts.partial !== TOO_DEEP && !moduleLevel.has(path),
  );
  const skip = (reason: string | null): ProjectCheck => ({
    files: new Map(),
    reason,
    fromCache: 0,
  });
  if (units.length === 0) return skip(null);
  if (input.checker === 'off' || input.checkerMemoryMb === 0) return skip('switched off');
  if (input.rootDir === undefined) return skip('the files are not in a folder');
  if (units.length > MAX_CHECKED_FILES) {
    return skip(`skipped: more than ${MAX_CHECKED_FILES} TypeScript and JavaScript files`);
  }
  const imports = importsOf(units);
  const keyed = units.map(({ path, blobId, facts }) => ({
    path,
    blobId,
    ...(facts.types ?? { surface: blobId, isGlobal: true }),
  }));
  const keys = callsKeys(keyed, imports);
  const packed = await input.cache?.getCalls([...keys.values()]);
  const files = new Map<string, readonly LinkedCall[]>();
  for (const [path, key] of keys) {
    const known = packed?.get(key);
    const calls = known === undefined ? null : unpackCalls(known);
    if (calls !== null) files.set(path, calls);
  }
  const fromCache = files.size;
  const missing = units.map(({ path }) => path).filter((path) => !files.has(path));
  if (missing.length === 0) return { files, reason: null, fromCache };
  input.onPhase?.('checking', missing.length);
  const checked = await runChecker(
    {
      rootDir: input.rootDir,
      files: missing,
      globals: keyed.filter(({ isGlobal }) => isGlobal).map(({ path }) => path),
      readable: new Set(keys.keys()),
      imports,
    },
    { ...CHECKER_LIMITS, memoryMb: input.checkerMemoryMb ?? CHECKER_LIMITS.memoryMb },
    input.signal,
  );
  const found: { key: string; packed: string }[] = [];
  for (const { path, calls } of checked.files.values()) {
    const linked = calls.map((call) => linkTargets(call, table.units));
    files.set(path, linked);
    found.push({ key: keys.get(path) ?? '', packed: packCalls(linked) });
  }
  await input.cache?.putCalls(found);
  return { files, reason: checked.reason, fromCache };
}

/** For each file what its specifiers mean, where that is a file the checker may read. */
function importsOf(units: readonly SourceUnit[]): Map<string, Map<string, string>> {
  const readable = new Set(units.map(({ path }) => path));
  const imports = new Map<string, Map<string, string>>();
  for (const unit of units) {
    const targets = new Map<string, string>();
    for (const { fact, path } of unit.imports)
      if (!targets.has(fact.raw) && readable.has(path)) targets.set(fact.raw, path);
    if (targets.size > 0) imports.set(unit.path, targets);
  }
  return imports;
}
