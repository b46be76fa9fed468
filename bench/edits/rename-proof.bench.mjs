/**
 * Renames of real symbols in real projects: the project's own type check and tests have to end the same before
 * and after. Each rename is made alone and looked at by the type check; all that were made together by the tests.
 *
 *   npm run bench -- edits/rename-proof --mirrors=FOLDER [--only=ufo,click] [--symbols=20] [--prepared=FOLDER [--go-on]]
 *     [--checks=types,oracle,tests]
 *
 * FOLDER is as for edits/replay. Needs the network of npm or pip for the projects' own tools; a project whose
 * tools do not install is left out with its reason. One that lies in the prepared folder, as a clone with its tools
 * under its name here (`FOLDER/ufo`), is used as it is there and put back first. With --go-on what was renamed is
 * committed there, so that the next call renames further symbols on top of it. With --checks only these are made, before
 * and after all renames, and the type check is not made after each.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Overlay, blobId, renameSymbol } from '@hil/code-editing';
import { buildGraph } from '@hil/knowledge-graph';
import { Report } from '../shared/report.mjs';
import { PROJECTS } from './rename/projects.mjs';

const flag = (name, otherwise) =>
  process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3) ?? otherwise;
const mirrors = flag('mirrors', process.env.HIL_BENCH_MIRRORS);
if (!mirrors || !existsSync(mirrors)) {
  console.error('say where bare clones of repositories are: --mirrors=FOLDER or HIL_BENCH_MIRRORS');
  process.exit(2);
}
const prepared = flag('prepared');
/** Puts a prepared project back as it was committed; what git ignores, its tools, stays. */
const CLEAN = [
  ['git', 'checkout', '-q', '-f', 'HEAD'],
  ['git', 'clean', '-fdq', '-e', '.venv', '-e', 'node_modules'],
];
const checks = flag('checks')?.split(',');
const goesOn = process.argv.includes('--go-on');
const COMMIT = [
  'git',
  '-c',
  'user.name=p',
  '-c',
  'user.email=p@localhost',
  'commit',
  '-qam',
  'renamed',
];
const wanted = Number(flag('symbols', '20'));
const only = flag('only', Object.keys(PROJECTS).join(',')).split(',');
const { signal } = new AbortController();
const report = new Report('edits/rename-proof');
for (const name of only) await proveProject(name, PROJECTS[name]);
report.end();

async function proveProject(name, project) {
  const kept = prepared !== undefined && existsSync(join(prepared, name, '.git'));
  const root = kept ? join(prepared, name) : mkdtempSync(join(tmpdir(), `hil-rename-${name}-`));
  try {
    if (kept) for (const command of CLEAN) run(root, command);
    const missing = kept ? null : install(root, name, project);
    if (missing !== null) return report.note(`${name}: left out, ${missing}`);
    const files = run(root, ['git', 'ls-files', '-z'])
      .text.split('\0')
      .filter(Boolean)
      .filter((path) => statSync(join(root, path)).isFile());
    const before = checkAll(root, project);
    report.note(`${name}: before: ${shown(before)}`);
    // Without results before, the same after would prove nothing.
    if (before.tests !== undefined && before.tests.split('\n').length < 10)
      return report.note(`${name}: left out, its tests do not run here`);
    const made = await renameAll(root, name, project, files, before.types);
    const after = checkAll(root, project);
    const changed = Object.keys(before).filter((kind) => after[kind] !== before[kind]);
    const same = changed.length === 0;
    report.note(`${name}: all ${made.length} together: ${shown(after)}`);
    for (const kind of changed)
      report.note(`${name}: ${kind}:\n${differences(before[kind], after[kind])}`);
    report.figure({
      name: `${name}: renames made`,
      unit: 'symbols',
      values: [made.length],
      atLeast: Math.min(wanted, 20),
    });
    if (kept && goesOn && same) run(root, COMMIT);
    report.figure({
      name: `${name}: same types and tests after all`,
      unit: '1 = yes',
      values: [same ? 1 : 0],
      atLeast: 1,
    });
  } finally {
    if (!kept) rmSync(root, { recursive: true, force: true });
  }
}

/** Clones a project and installs its tools; the answer is why that is not possible, or null. */
function install(root, name, project) {
  const mirror = [
    join(mirrors, project.repository, 'repo'),
    join(mirrors, name),
    join(mirrors, project.repository),
  ].find(existsSync);
  if (mirror === undefined) return 'no clone of it';
  run(tmpdir(), ['git', 'clone', '-q', '--no-hardlinks', mirror, root]);
  for (const command of project.install) {
    const done = run(root, command);
    if (done.code !== 0) return `${command.join(' ')}: ${done.text.slice(-300)}`;
  }
  return null;
}

/** Renames one symbol after the other, on top of each other; one that changes the type check is a failure. */
async function renameAll(root, name, project, files, typesBefore) {
  const made = [];
  const symbols = symbolsOf(await graphOf(root, files), project);
  let refused = 0;
  for (const { path, symbol } of symbols) {
    if (made.length === wanted) break;
    const newName = newNameOf(symbol.split('.').at(-1));
    const overlay = await Overlay.open(root);
    const context = { overlay, files, graph: await graphOf(root, files), signal };
    try {
      const { count, files: edited } = await renameSymbol({ path, symbol, newName }, context);
      await overlay.write();
      made.push(`${symbol} (${count} places in ${edited.length} files)`);
    } catch (error) {
      refused += 1;
      report.note(`${name}: refused ${path} ${symbol}: ${error.message.slice(0, 160)}`);
      continue;
    }
    if (checks === undefined && check(root, project, 'types') !== typesBefore)
      report.note(`${name}: types changed with ${path} ${symbol}`);
  }
  report.note(`${name}: renamed ${made.join(', ')}; refused ${refused}`);
  return made;
}

function newNameOf(last) {
  return last.includes('_') || /^[a-z]+$/.test(last) ? `${last}_renamed` : `${last}Renamed`;
}

async function graphOf(root, files) {
  const inputs = files
    .filter((path) => /\.(?:[cm]?[jt]sx?|py)$/.test(path))
    .map((path) => {
      const read = () => Promise.resolve(readFileSync(join(root, path)));
      const bytes = readFileSync(join(root, path));
      return { path, blobId: blobId(bytes), size: bytes.length, read };
    });
  return buildGraph({
    files: inputs,
    project: { name: 'p', gitSha: '0'.repeat(40), rootPath: '' },
    rootDir: root,
    signal,
  });
}

/** Every third symbol of the sources in the order of the graph, then the others. */
function symbolsOf(graph, { sources, language }) {
  const paths = new Map(graph.modules.map(({ id, path }) => [id, path]));
  const all = graph.symbols
    .filter(
      ({ moduleId, name }) =>
        sources.test(paths.get(moduleId) ?? '') &&
        /^[A-Za-z]\w*$/.test(name) &&
        !/(?:Renamed|_renamed)$/.test(name) &&
        !/^(?:constructor|default)$/.test(name),
    )
    .filter(({ kind }) =>
      ['function', 'class', 'method', 'interface', 'type', 'variable', 'enum'].includes(kind),
    )
    .filter(({ name }) => language !== 'python' || !name.startsWith('__'))
    .map(({ id, moduleId }) => ({
      path: paths.get(moduleId),
      symbol: id.slice(id.lastIndexOf('#') + 1),
    }));
  return [0, 1, 2].flatMap((from) => all.filter((_, index) => index % 3 === from));
}

/** Every check of a project, by kind. */
function checkAll(root, project) {
  return Object.fromEntries(
    (checks ?? Object.keys(project.checks)).map((kind) => [kind, check(root, project, kind)]),
  );
}

function shown(results) {
  return Object.entries(results)
    .map(([kind, result]) => `${kind} ${short(result)}`)
    .join(', ');
}

/** What a check came to, without times and paths, so that two of them can be compared. */
function check(root, { checks }, kind) {
  const { code, text } = run(root, checks[kind]);
  return `${code}\n${normal(kind, text)}`;
}

/** Names of tests may hold the name of a class they run on: those are taken back before comparing. */
function normal(kind, output) {
  const text = output.replace(/(\w)(?:Renamed|_renamed)\b/g, '$1');
  if (kind === 'types' || kind === 'oracle')
    return `${text.split('\n').filter((line) => /error\b.*[:(]/.test(line) && !/^Found /.test(line)).length} errors`;
  const json = /\{"numTotalTestSuites".*\}/s.exec(text);
  if (json) {
    const { testResults } = JSON.parse(json[0]);
    return testResults
      .flatMap(({ assertionResults }) =>
        assertionResults.map(({ fullName, status }) => `${status} ${fullName}`),
      )
      .sort()
      .join('\n');
  }
  return text
    .split('\n')
    .filter((line) => /^(?:PASSED|FAILED|ERROR|SKIPPED|XFAIL)/.test(line))
    .map((line) => line.replace(/ - .*/, ''))
    .sort()
    .join('\n');
}

function differences(before, after) {
  const [old, now] = [new Set(before.split('\n')), new Set(after.split('\n'))];
  return [
    ...[...old].filter((line) => !now.has(line)).map((line) => `- ${line}`),
    ...[...now].filter((line) => !old.has(line)).map((line) => `+ ${line}`),
  ]
    .slice(0, 20)
    .join('\n');
}

function short(result) {
  const [code, ...rest] = result.split('\n');
  return `exit ${code}, ${rest.length === 1 ? rest[0] : `${rest.length} results`}`;
}

function run(cwd, [command, ...args]) {
  const done = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    env: { ...process.env, CI: '1', NO_COLOR: '1' },
  });
  return { code: done.status ?? 1, text: `${done.stdout ?? ''}${done.stderr ?? ''}` };
}
