import type { CheckedFile } from '../resolve/checker/checked-call.js';
import { TOO_DEEP } from '../extract/file-facts.js';
import { CHECKER_LIMITS, runChecker } from '../resolve/checker/checker.js';
import { callsKey, packCalls, unpackCalls } from '../resolve/checker/packed-calls.js';
import type { SymbolTable } from '../resolve/symbol-table.js';
import { isEcmaScript } from '../syntax/language.js';
import type { BuildGraphInput } from './graph-input.js';

/** From here on the checker would need more than its memory: measured at about 60 KB a file. */
const MAX_CHECKED_FILES = 10_000;

/** Calls as TypeScript's checker sees them, and why some or all are missing. */
export interface ProjectCheck {
  files: ReadonlyMap<string, CheckedFile>;
  reason: string | null;
  isFromCache: boolean;
}

/**
 * Asks the checker about all TypeScript and JavaScript files, unless the project is too large or the cache
 * knows its answer. An answer that stops early is not kept: next time there may be more time for it.
 */
export async function checkProject(
  input: BuildGraphInput,
  table: SymbolTable,
): Promise<ProjectCheck> {
  // Code too deep for our stack is too deep for the compiler's, which would end its whole process.
  const units = [...table.units.values()].filter(
    ({ facts }) => isEcmaScript(facts.language) && facts.partial !== TOO_DEEP,
  );
  const readable = new Set(units.map(({ path }) => path));
  const skip = (reason: string | null): ProjectCheck => ({
    files: new Map(),
    reason,
    isFromCache: false,
  });
  if (units.length === 0) return skip(null);
  if (input.checker === 'off') return skip('switched off');
  if (input.rootDir === undefined) return skip('the files are not in a folder');
  if (units.length > MAX_CHECKED_FILES) {
    return skip(`skipped: more than ${MAX_CHECKED_FILES} TypeScript and JavaScript files`);
  }
  const imports = new Map<string, Map<string, string>>();
  for (const unit of units) {
    const targets = new Map<string, string>();
    for (const { fact, path } of unit.imports)
      if (!targets.has(fact.raw) && readable.has(path)) targets.set(fact.raw, path);
    if (targets.size > 0) imports.set(unit.path, targets);
  }
  const key = callsKey(units, imports);
  const packed = (await input.cache?.getCalls(key)) ?? null;
  const known = packed === null ? null : unpackCalls(packed);
  if (known !== null) return { files: known, reason: null, isFromCache: true };
  input.onPhase?.('checking', units.length);
  const { files, reason } = await runChecker(
    { rootDir: input.rootDir, files: units.map(({ path }) => path), imports },
    CHECKER_LIMITS,
    input.signal,
  );
  if (reason === null) await input.cache?.putCalls(key, packCalls(files.values()));
  return { files, reason, isFromCache: false };
}
