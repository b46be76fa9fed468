/**
 * CPU of a cold extraction against universal-ctags on the same `.ts` files, and of a second one after ten
 * files have changed. ctags reads names alone; ours also imports, calls and types.
 *
 *   npm run bench -- graph/extraction --repos=/clones/large
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { MemoryGraphCache, warmUp } from '../../libs/knowledge-graph/dist/index.js';
import { collectFacts } from '../../libs/knowledge-graph/dist/build/collect-facts.js';
import { Report } from '../shared/report.mjs';
import { interleaved, roundsWanted } from '../shared/rounds.mjs';
import { filesOf } from './support/folder.mjs';
import { cpuSeconds, repositories } from './support/repositories.mjs';
import { timed } from './support/timed.mjs';

const MAX_BYTES = 1_000_000;
const report = new Report('graph/extraction');

for (const root of repositories()) {
  const files = filesOf(root).filter(({ path, size }) => path.endsWith('.ts') && size <= MAX_BYTES);
  const list = join(mkdtempSync(join(tmpdir(), 'hil-ctags-')), 'files');
  writeFileSync(list, files.map(({ path }) => path).join('\n'));
  const ids = files.map(({ blobId }) => blobId);
  const name = `${basename(root)}, ${files.length} files`;
  const project = { name, gitSha: '0'.repeat(40), rootPath: '' };
  const extract = async (wanted, cache) => {
    const began = process.cpuUsage();
    await collectFacts({ files: wanted, project, cache });
    return cpuSeconds(began);
  };
  const { ours, ctags } = await interleaved(roundsWanted(2), {
    ours: () => extract(files),
    ctags: () =>
      Promise.resolve(
        timed('ctags', ['--quiet', '--languages=TypeScript', '-L', list, '-f', '/dev/null'], {
          cwd: root,
        }).seconds,
      ),
  });
  report.compare({
    name,
    unit: 's CPU',
    ours,
    bare: ctags,
    bareIs: 'universal-ctags',
    atMost: 2.5,
  });
  const cache = new MemoryGraphCache();
  await extract(files, cache);
  // As a worker does when it has started.
  await warmUp();
  const again = [];
  for (let round = 0; round < 4; round += 1) {
    const isChanged = (index) => index >= round * 10 && index < round * 10 + 10;
    const changed = files.map(({ path, size, read }, index) => ({
      path,
      size,
      read,
      blobId: isChanged(index) ? `${ids[index]}x` : ids[index],
    }));
    again.push((await extract(changed, cache)) * 1_000);
  }
  const [first, ...warm] = again;
  report.figure({
    name: 'ten changed files, all others from the cache',
    unit: 'ms CPU',
    values: warm,
    atMost: 200,
  });
  report.figure({
    name: 'the first ten of a process that has warmed up',
    unit: 'ms CPU',
    values: [first],
    atMost: 200,
  });
  report.note(`${Math.round(process.resourceUsage().maxRSS / 1_000)} MB at most`);
}
report.end();
