/**
 * Imports between the modules of Python packages against grimp, which import-linter is made of.
 * Needs python3 with venv; grimp is installed from PyPI at first use.
 *
 *   npm run bench -- graph/python-imports --repos=/clones/flask,/clones/requests
 */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Report } from '../shared/report.mjs';
import { reportAgreement } from './support/agreement.mjs';
import { graphOf, repositoriesWith } from './support/repositories.mjs';
import { pythonWith } from './support/python-environment.mjs';
import { timed } from './support/timed.mjs';

const script = join(import.meta.dirname, 'support/python-imports.py');
const report = new Report('graph/python-imports');
let python;

for (const root of repositoriesWith(/(?:^|\/)__init__\.py$/, 'Python package', report)) {
  python ??= pythonWith('grimp==3.20');
  const { folder, packages } = packagesOf(root);
  const told = timed(python, ['-B', script, join(root, folder), ...packages]);
  const { modules, edges } = JSON.parse(told.output);
  const graph = await graphOf(root, 'off');
  const files = new Map(modules.map((name) => [name, fileOf(root, folder, name)]));
  const known = new Set(files.values());
  const wanted = new Set(edges.map(([from, to]) => `${files.get(from)} -> ${files.get(to)}`));
  const found = new Set(
    graph.edges
      .filter(({ type }) => type === 'imports')
      .map(({ from, to }) => [from.slice('mod:'.length), to.slice('mod:'.length)])
      .filter(([from, to]) => known.has(from) && known.has(to))
      .map(([from, to]) => `${from} -> ${to}`),
  );
  const name = `${basename(root)}, ${modules.length} modules`;
  reportAgreement(report, name, { found, wanted }, { precision: 0.99, recall: 0.99 });
}
report.end();

/** The packages in `src`, else in the root. */
function packagesOf(root) {
  for (const folder of ['src', '.']) {
    if (!existsSync(join(root, folder))) continue;
    const packages = readdirSync(join(root, folder)).filter((one) =>
      existsSync(join(root, folder, one, '__init__.py')),
    );
    const own = packages.filter((one) => !/^(?:tests?|docs?|examples?)$/.test(one));
    if (own.length > 0) return { folder, packages: own };
  }
  throw new Error(`no Python package in ${root} or its src`);
}

function fileOf(root, folder, module) {
  const path = join(folder, module.replaceAll('.', '/'));
  return existsSync(join(root, `${path}.py`)) ? `${path}.py` : join(path, '__init__.py');
}
