/**
 * The graph of a generated repository of 100,000 files: that it is made at all, what it takes, what people see
 * meanwhile, and the size of what is stored.
 *
 *   npm run bench -- graph/scale [--files=100000] [--memory=MB]
 *
 * `--memory` is PKG_MEMORY_MB, 1,500 when it is not given.
 */
import { rmSync } from 'node:fs';
import { buildGraph, packGraph, unpackGraph } from '../../libs/knowledge-graph/dist/index.js';
import { ReadingProgress } from '../../libs/stages/dist/shared/reading-progress.js';
import { Report } from '../shared/report.mjs';
import { filesOf } from './support/folder.mjs';
import { generatedRepository } from './support/generated-repository.mjs';
import { cpuSeconds } from './support/repositories.mjs';

const flag = (name) =>
  process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
const count = Number(flag('files') ?? 100_000);
const memoryMb = Number(flag('memory') ?? 1_500);
const report = new Report('graph/scale');
const root = generatedRepository(count);
const megabytes = () => Math.round(process.resourceUsage().maxRSS / 1_000);

try {
  const files = filesOf(root);
  const progress = new ReadingProgress();
  const lines = [];
  const began = process.cpuUsage();
  const at = Date.now();
  const graph = await buildGraph({
    files,
    project: { name: 'scale', gitSha: '0'.repeat(40), rootPath: '' },
    rootDir: root,
    checker: 'auto',
    memoryMb,
    onProgress: (counts) => {
      const line = progress.line(counts);
      if (line !== null) lines.push(line);
    },
  });
  const seconds = (Date.now() - at) / 1_000;
  const { modules, symbols, edges, project } = graph;
  report.note(
    `${modules.length} modules, ${symbols.length} symbols, ${edges.length} edges in ${Math.round(seconds)} s`,
  );
  report.note(`module level: ${JSON.stringify(project.metadata.moduleLevel)}`);
  report.note(`the checker: ${JSON.stringify(project.metadata.callChecker)}`);
  for (const line of lines.filter((_, n) => n % Math.ceil(lines.length / 6) === 0))
    report.note(line);
  report.figure({
    name: 'modules',
    unit: 'of the files',
    values: [modules.length / count],
    atLeast: 1,
  });
  report.figure({ name: 'CPU', unit: 's', values: [cpuSeconds(began)] });
  report.figure({
    name: 'memory at most',
    unit: 'MB',
    values: [megabytes()],
    atMost: memoryMb,
  });
  const packing = process.cpuUsage();
  const packed = await packGraph(graph);
  report.figure({ name: 'stored', unit: 'MB', values: [packed.length / 1e6], atMost: 256 });
  report.figure({ name: 'packing it', unit: 's CPU', values: [cpuSeconds(packing)] });
  const unpacking = process.cpuUsage();
  const again = await unpackGraph(packed);
  report.figure({ name: 'unpacking it', unit: 's CPU', values: [cpuSeconds(unpacking)] });
  if (again.edges.length !== edges.length) throw new Error('the stored graph is another one');
  report.note(`${megabytes()} MB at most with the graph in memory twice`);
} finally {
  rmSync(root, { recursive: true, force: true });
}
report.end();
