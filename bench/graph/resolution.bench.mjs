/**
 * Resolution of imports alone: the same specifiers of the same files, by our resolver and by dependency-cruiser's own
 * (enhanced-resolve, set up by its own code), in turns in one process. Parsing is on neither side.
 *
 *   npm run bench -- graph/resolution --repos=/clones/typeorm [--under=src,test]
 */
import { basename, dirname, join } from 'node:path';
import { collectFacts } from '../../libs/knowledge-graph/dist/build/collect-facts.js';
import { readProjectFacts } from '../../libs/knowledge-graph/dist/discover/project-facts.js';
import { EcmaScriptPaths } from '../../libs/knowledge-graph/dist/resolve/ecmascript-paths.js';
import { OxcPaths } from '../../libs/knowledge-graph/dist/resolve/oxc-paths.js';
import { Report } from '../shared/report.mjs';
import { interleaved, roundsWanted } from '../shared/rounds.mjs';
import { filesOf } from './support/folder.mjs';
import { oracleTsconfig } from './support/oracle-tsconfig.mjs';
import { cpuSeconds, partsOf, repositoriesWith } from './support/repositories.mjs';

// Its exports hide its parts, which stand beside them.
const part = (path) => import(new URL(`../${path}`, import.meta.resolve('dependency-cruiser')));
const { default: normalize } = await part('main/resolve-options/normalize.mjs');
const { resolve } = await part('extract/resolve/resolve.mjs');
const report = new Report('graph/resolution');

for (const root of repositoriesWith(/\.[cm]?[jt]sx?$/, 'TypeScript or JavaScript', report)) {
  const project = { name: root, gitSha: '0'.repeat(40), rootPath: '' };
  const collected = await collectFacts({ files: filesOf(root), project });
  const parts = partsOf(root).map((one) => (one === '.' ? '' : `${one}/`));
  const wanted = collected.sources
    .filter(({ file: { path } }) => /\.[cm]?[jt]sx?$/.test(path))
    .filter(({ file: { path } }) => parts.some((one) => path.startsWith(one)))
    .flatMap(({ file: { path }, facts }) => facts.imports.map(({ raw }) => [path, raw]));
  const paths = new Set(collected.sources.map(({ file }) => file.path));
  const { packages } = readProjectFacts(collected.manifests);
  const config = oracleTsconfig(root);
  const found = {};

  const timed = async (name, open) => {
    const one = await open();
    const began = process.cpuUsage();
    let count = 0;
    for (const [from, specifier] of wanted) if (one(from, specifier)) count += 1;
    found[name] = count;
    return cpuSeconds(began);
  };
  let round = 0;
  const cruiser = async (tsConfig) => {
    const options = await normalize({}, tsConfig ? { tsConfig: { fileName: config } } : {}, {});
    const context = `round ${(round += 1)}`;
    return (from, specifier) => {
      try {
        return resolve(specifier, join(root, dirname(from)), options, context);
      } catch {
        return null;
      }
    };
  };
  const ours = () => {
    const onDisk = new OxcPaths(root, paths);
    const byPath = new EcmaScriptPaths(paths, collected.manifests, packages);
    return (from, specifier) => onDisk.resolve(from, specifier) ?? byPath.resolve(from, specifier);
  };
  const figures = await interleaved(roundsWanted(3), {
    ours: () => timed('ours', ours),
    settings: () => timed('settings', () => cruiser(true)),
    bare: () => timed('bare', () => cruiser(false)),
  });
  for (const [name, bareIs] of [
    ['settings', "dependency-cruiser's resolver with the tsconfig"],
    ['bare', 'the same without a tsconfig, which finds no aliases'],
  ]) {
    report.compare({
      name: `${basename(root)}, ${wanted.length} imports: ${bareIs}, CPU against ours`,
      unit: 's',
      ours: figures[name],
      bare: figures.ours,
      bareIs: 'ours',
      ...(name === 'settings' ? { atLeast: 4 } : {}),
    });
  }
  report.note(
    `resolved: ours ${found.ours} to files of the project, it ${found.settings} and ${found.bare} to any file`,
  );
}
report.end();
