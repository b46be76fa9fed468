import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';

/**
 * Compiler settings an oracle can read, in a temporary file: the repository's own with their bases merged
 * in, as far as those are there. Oracles refuse settings whose base is not installed.
 */
export function oracleTsconfig(root, extra = {}, include = undefined) {
  const { compilerOptions, folder } = readWhole(join(root, 'tsconfig.json'));
  const options = { ...compilerOptions, baseUrl: resolve(folder, compilerOptions.baseUrl ?? '.') };
  const file = join(mkdtempSync(join(tmpdir(), 'hil-oracle-')), 'tsconfig.json');
  // Settings that name no file at all are refused.
  writeFileSync(join(dirname(file), 'none.ts'), '');
  const paths = include?.map((part) => join(root, part));
  writeFileSync(
    file,
    JSON.stringify({
      compilerOptions: { ...options, ...extra },
      ...(paths ? { include: paths } : { files: ['none.ts'] }),
    }),
  );
  return file;
}

function readWhole(file) {
  const { config } = ts.readConfigFile(file, ts.sys.readFile);
  if (config === undefined) return { compilerOptions: {}, folder: dirname(file) };
  const bases = [config.extends ?? []].flat().filter((base) => base.startsWith('.'));
  const inherited = bases.map((base) => {
    const path = resolve(dirname(file), base);
    return readWhole(path.endsWith('.json') ? path : `${path}.json`).compilerOptions;
  });
  return {
    compilerOptions: Object.assign({}, ...inherited, config.compilerOptions ?? {}),
    folder: dirname(file),
  };
}
