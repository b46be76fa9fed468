import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { scip } = require('@sourcegraph/scip-typescript/dist/src/scip.js');

/** Bit of an occurrence's roles that says the name is defined there. */
const DEFINITION = 1;

/**
 * A SCIP index as two look-ups: `nameAt(path, line, column)` gives the symbols of the names that stand
 * there, `definitionsOf(symbol)` the places that define one. Lines and columns are 0-based.
 */
export function readIndex(file) {
  const index = scip.Index.deserializeBinary(readFileSync(file));
  const definitions = new Map();
  const names = new Map();
  for (const document of index.documents) {
    const path = document.relative_path.replaceAll('\\', '/');
    const here = new Map();
    names.set(path, here);
    for (const { range, symbol, symbol_roles: roles } of document.occurrences) {
      const [line, column] = range;
      const key = symbol.startsWith('local ') ? `${path} ${symbol}` : symbol;
      const place = `${line}:${column}`;
      if (here.has(place)) here.get(place).push(key);
      else here.set(place, [key]);
      if ((roles & DEFINITION) === 0) continue;
      const at = { path, line, isLocal: symbol.startsWith('local ') };
      if (definitions.has(key)) definitions.get(key).push(at);
      else definitions.set(key, [at]);
    }
  }
  return {
    paths: new Set(names.keys()),
    nameAt: (path, line, column) => names.get(path)?.get(`${line}:${column}`) ?? [],
    definitionsOf: (symbol) => definitions.get(symbol) ?? [],
  };
}
