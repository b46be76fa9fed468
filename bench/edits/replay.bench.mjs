/**
 * Replay of history: real commits turned into edit operations, disturbed as models disturb them, and carried
 * out by the product and by the rules of two known tools. What counts: right, refused, or applied WRONGLY.
 *
 *   npm run bench:edits -- --mirrors=FOLDER [--commits=300] [--skip=0] [--show=10]
 *     [--of=jsoup,commander] [--only='missing blank lines'] [--alone]
 *
 * FOLDER holds bare clones: `git clone --bare https://github.com/typeorm/typeorm FOLDER/typeorm`, and so on;
 * every bare repository one or two levels below it takes part. `--of` narrows it to some of them, `--only` to
 * some disturbances, and `--alone` leaves the other tools out.
 */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { applyOperations, Overlay } from '@hil/code-editing';
import { Report } from '../shared/report.mjs';
import { aider } from './rivals/aider.mjs';
import { opencode } from './rivals/opencode.mjs';
import { commitsOf, quoted, renewed } from './replay/history.mjs';
import { CODE_DISTURBANCES, DISTURBANCES } from './replay/disturb.mjs';
import { structuralOperations } from './replay/structural.mjs';
import { Tally } from './replay/tally.mjs';
import { dice } from './replay/dice.mjs';

const flag = (name, otherwise) =>
  process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3) ?? otherwise;
const mirrors = flag('mirrors', process.env.HIL_BENCH_MIRRORS);
const wanted = Number(flag('commits', '300'));
const skip = Number(flag('skip', '0'));
const show = Number(flag('show', '0'));
const rivals = !process.argv.includes('--alone');
const of = flag('of', '').split(',').filter(Boolean);
const only = flag('only', '').split(',').filter(Boolean);
if (!mirrors || !existsSync(mirrors)) {
  console.error('say where bare clones of repositories are: --mirrors=FOLDER or HIL_BENCH_MIRRORS');
  process.exit(2);
}

const report = new Report('edits/replay');
const context = {
  files: [],
  graph: { modules: [], symbols: [], edges: [] },
  signal: new AbortController().signal,
};
const folder = await mkdtemp(join(tmpdir(), 'hil-replay-'));
const tally = new Tally();
const wholes = { commits: 0, right: 0, refused: 0, wrong: 0 };

try {
  const repositories = bareRepositories(mirrors);
  let commits = 0;
  for (const [index, { name, path }] of repositories.entries()) {
    const share = Math.ceil((wanted - commits) / (repositories.length - index));
    const found = commitsOf(path, share, skip);
    commits += found.length;
    for (const commit of found) await replayCommit(commit);
    const { right, count } = tally.total('hil', true);
    const { blanks, wrong } = tally.total('hil');
    report.note(
      `${name}: ${found.length} commits; so far ${right} right of ${count} that can be, ${blanks + wrong} of all wrong`,
    );
  }
  report.note(`${commits} commits of ${repositories.length} repositories, ${tally.hunks} hunks`);
  for (const line of tally.table()) report.note(line);
  report.note(
    `whole commits, undisturbed, written to disk: ${wholes.commits}, right ${wholes.right}, refused ${wholes.refused}, wrong ${wholes.wrong}`,
  );
  const ours = tally.total('hil', true);
  const all = tally.total('hil');
  report.figure({
    name: 'applied rightly, of those with one right answer',
    unit: '%',
    values: [(100 * ours.right) / ours.count],
    atLeast: 95,
  });
  report.figure({
    name: 'applied wrongly',
    unit: 'operations',
    values: [all.wrong + all.blanks + wholes.wrong],
    atMost: 0,
  });
  for (const example of tally.examples.slice(0, show)) console.log(example);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
report.end();

function bareRepositories(root) {
  const isBare = (path) => existsSync(join(path, 'objects')) && existsSync(join(path, 'HEAD'));
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .filter(({ name }) => of.length === 0 || of.some((part) => name.includes(part)))
    .flatMap(({ name }) => {
      const path = [join(root, name), join(root, name, 'repo')].find(isBare);
      return path ? [{ name, path }] : [];
    });
}

async function replayCommit(commit) {
  const root = join(folder, commit.sha);
  for (const { path, before } of commit.files) {
    if (before === null) continue;
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), before);
  }
  mkdirSync(root, { recursive: true });
  for (const file of commit.files) {
    for (const [index, hunk] of file.hunks.entries()) {
      tally.hunks += 1;
      await replayHunk(root, commit, file, hunk, index);
    }
    for (const structural of await structuralOperations(file))
      await replayStructural(root, commit, structural);
  }
  await replayWhole(root, commit);
  rmSync(root, { recursive: true, force: true });
}

async function replayHunk(root, { repository, sha }, { path, before }, { lines }, index) {
  const expected = before.replace(quoted(lines), () => renewed(lines));
  for (const [name, { answer, make }] of Object.entries(DISTURBANCES)) {
    if (only.length > 0 && !only.includes(name)) continue;
    const roll = dice(`${sha}${path}${index}${name}`);
    const sent = make(lines, before, roll);
    if (!sent) continue;
    const [search, replace] = [quoted(sent), renewed(sent)];
    // What is sent may be, word for word, another place of the file: then it means that place.
    const elsewhere = answer && name !== 'none' && occursElsewhere(before, search, lines);
    const label = elsewhere ? 'exact text of another place' : name;
    const judge = (tool, result) => {
      const outcome = outcomeOf(result, expected);
      tally.add(tool, label, answer && !elsewhere, outcome);
      if (tool === 'hil' && outcome !== (answer ? 'right' : 'refused'))
        tally.example(
          outcome,
          `${repository} ${sha} ${path} [${name}] ${outcome}\n--- search\n${search}\n--- replace\n${replace}`,
        );
    };
    const operation = { op: 'search_replace', path, search, replace, expected_count: 1 };
    judge('hil', await ours(root, [operation], path));
    if (!rivals) continue;
    judge('aider', aider(before, search, replace));
    judge('opencode', opencode(before, search, replace));
  }
}

/** Right, refused, blanks (wrong, but for white space alone) or wrong. */
function outcomeOf(result, expected) {
  if (result === null) return 'refused';
  if (result === expected) return 'right';
  const bare = (text) => text.replace(/\s+/g, '');
  return bare(result) === bare(expected) ? 'blanks' : 'wrong';
}

function occursElsewhere(before, search, lines) {
  const at = before.indexOf(search);
  return at !== -1 && search !== quoted(lines) && before.indexOf(quoted(lines)) !== at;
}

async function ours(root, operations, path) {
  const overlay = await Overlay.open(root);
  try {
    const { failed } = await applyOperations(overlay, operations, context);
    return failed > 0 ? null : overlay.tryRead(path);
  } catch (error) {
    // A file that is not parsed in time, on a busy machine, is refused too.
    if (error.code === 'internal_error') return null;
    throw error;
  }
}

async function replayStructural(
  root,
  { repository, sha },
  { kind, operations, before, after, sameAs },
) {
  const [first] = operations;
  for (const [name, change] of Object.entries(CODE_DISTURBANCES)) {
    const sent = operations.map((operation) => change(operation, before));
    if (sent.includes(null)) continue;
    const result = await ours(root, sent, first.path);
    const outcome = result !== null && sameAs(result, after) ? 'right' : outcomeOf(result, after);
    tally.add('hil', `${kind}: ${name}`, true, outcome);
    if (outcome !== 'right')
      tally.example(
        outcome,
        `${repository} ${sha} ${first.path} [${kind}, ${name}] ${outcome}\n${JSON.stringify(sent, null, 1)}`,
      );
  }
}

async function replayWhole(root, { repository, sha, files }) {
  const all = files.map((file) => ({
    file,
    text: file.hunks.reduce(
      (text, { lines }) => text.replace(quoted(lines), () => renewed(lines)),
      file.before,
    ),
  }));
  // Hunks that were left out, for their size, would be missing.
  if (!all.every(({ file, text }) => file.status !== 'M' || text === file.after)) return;
  const operations = files.flatMap(({ path, status, after, hunks }) => {
    if (status === 'A') return [{ op: 'create_file', path, content: after }];
    if (status === 'D') return [{ op: 'delete_file', path }];
    return hunks.map(({ lines }) => ({
      op: 'search_replace',
      path,
      search: quoted(lines),
      replace: renewed(lines),
      expected_count: 1,
    }));
  });
  wholes.commits += 1;
  const overlay = await Overlay.open(root);
  const { failed, results } = await applyOperations(overlay, operations, context);
  if (failed > 0) {
    wholes.refused += 1;
    tally.example(
      'refused',
      `${repository} ${sha} whole: ${results.find(({ ok }) => !ok)?.message}`,
    );
    return;
  }
  await overlay.write();
  const written = await Overlay.open(root);
  const texts = await Promise.all(files.map(({ path }) => written.tryRead(path)));
  if (texts.every((text, index) => text === files[index].after)) wholes.right += 1;
  else {
    wholes.wrong += 1;
    tally.example('wrong', `${repository} ${sha} whole`);
  }
}
