/**
 * Whole runs on public repositories, under each driver, against their frameworks run by hand:
 * the suite on an unrelated change (same counts, green), a failing test that the change adds (reported with file, line
 * and message, as new), and the same test when the base has it already (known).
 *
 *   npm run bench -- sandbox/suites --repositories=FOLDER [--drivers=bubblewrap,docker] [--only=NAME,...] [--minutes=15]
 *     [--keep=FOLDER]
 *
 * FOLDER has a clone of each, bare or not, as OWNER+NAME, OWNER+NAME/repo or OWNER/NAME (also
 * HIL_BENCH_REPOSITORIES). Docker takes the daemon of DOCKER_HOST with the images of `npm run sandbox:images`.
 * With --keep what was measured stays in that folder (with installations and baselines), and a bench that was cut off
 * goes on where it was.
 * Exit code 1 when one line of the table is not as it should be.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startApp } from '../shared/apps.mjs';
import { workRepository } from '../eval/work-repository.mjs';
import { byHand } from './suites/by-hand.mjs';
import { Kept } from './suites/kept.mjs';
import { play } from './suites/play.mjs';
import { REPOSITORIES } from './suites/repositories.mjs';

const option = (name) =>
  process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
const from = option('repositories') ?? process.env.HIL_BENCH_REPOSITORIES;
if (from === undefined) {
  console.error('--repositories=FOLDER is missing: a folder with clones of the repositories');
  process.exit(2);
}
const drivers = (option('drivers') ?? 'bubblewrap,docker').split(',');
const minutes = Number(option('minutes') ?? 15);
const only = option('only')?.split(',');
const chosen = REPOSITORIES.filter(({ name }) => only === undefined || only.includes(name));

const keep = option('keep');
const folder = keep ?? mkdtempSync(join(tmpdir(), 'hil-suites-'));
const kept = new Kept(folder);
const stops = [];
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => void stopped().then(() => process.exit(130)));
const rows = [];
try {
  const apps = {};
  for (const driver of drivers) apps[driver] = await start(driver);
  for (const repository of chosen) {
    const own = join(folder, repository.name.replace('/', '+'));
    rmSync(own, { recursive: true, force: true });
    mkdirSync(own);
    await tryOut(repository, own, apps).catch((error) => {
      rows.push({ repository: repository.name, driver: '-', wrong: [String(error)] });
      console.log(`${repository.name}: ${error}`);
    });
    rmSync(own, { recursive: true, force: true });
  }
} finally {
  await stopped();
}
print(rows);
process.exitCode = rows.length > 0 && rows.every(({ wrong }) => wrong.length === 0) ? 0 : 1;

async function stopped() {
  for (const stop of stops.splice(0).reverse()) await stop();
  if (keep === undefined) rmSync(folder, { recursive: true, force: true });
}

function start(driver) {
  const place = { folder: join(folder, driver), onStop: (stop) => stops.push(stop) };
  return startApp(place, 'standalone', {
    ...Object.fromEntries(
      Object.entries(process.env).filter(([name]) =>
        /^(DOCKER_HOST|SSL_|NODE_|.*PROXY$)/i.test(name),
      ),
    ),
    SANDBOX: driver,
    // Whatever image a repository names, these runs want ours.
    SANDBOX_REPOSITORY_IMAGES: 'false',
    REPO_ALLOW_LOCAL_PATHS: 'true',
    TEST_RUNNER_TIMEOUT: String(minutes * 60),
  });
}

async function tryOut(repository, own, apps) {
  const { name, framework, planted } = repository;
  const source = { repository: cloneOf(name), commit: repository.commit };
  const green = await workRepository(source, join(own, 'green'));
  const hand = await kept.once([name, 'by hand'], async () => {
    const tree = join(own, 'tree');
    execFileSync('git', ['clone', '--quiet', '--', green, tree]);
    return byHand(repository, tree);
  });
  rmSync(join(own, 'tree'), { recursive: true, force: true });
  console.log(`${name}: by hand ${counts(hand)}, ${hand.seconds.toFixed(0)} s`);

  const red = await workRepository(source, join(own, 'red'));
  mkdirSync(dirname(join(red, planted.path)), { recursive: true });
  writeFileSync(join(red, planted.path), planted.text);
  const as = ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost'];
  for (const args of [
    ['add', '-A'],
    [...as, 'commit', '-qm', 'red'],
  ])
    execFileSync('git', ['-C', red, ...args]);

  const unrelated = 'create file PROBE.txt with:\n```\nnothing that tests look at\n```';
  const failing = `create file ${planted.path} with:\n\`\`\`\n${planted.text}\`\`\``;
  for (const [driver, { ws }] of Object.entries(apps)) {
    const measure = async (what, tree, message) => {
      const begun = performance.now();
      const run = await play(ws, tree, message, minutes);
      const seconds = (performance.now() - begun) / 1_000;
      console.log(`${name} under ${driver}: ${what}, ${seconds.toFixed(0)} s`);
      return { ...run, seconds };
    };
    const played = (what, ...rest) =>
      kept.once(
        [name, driver, what],
        () => measure(what, ...rest),
        ({ closing }) => closing.after !== undefined,
      );
    const first = await played('green', green, unrelated);
    const second = await played('planted', green, failing);
    const third = await played('at base', red, unrelated);
    const row = {
      repository: name,
      framework,
      driver,
      hand: counts(hand),
      hil: counts(first.closing.after?.totals),
      seconds: first.seconds.toFixed(0),
      wrong: [
        ...problemsOf('green', first, hand),
        ...plantedProblems('planted', second, planted, 'new', { ...hand, failed: hand.failed + 1 }),
        ...plantedProblems('at base', third, planted, 'known', {
          ...hand,
          failed: hand.failed + 1,
        }),
      ],
    };
    rows.push(row);
    console.log(
      `${name} under ${driver}: ${row.hil}, ${row.wrong.join('; ') || 'as it should be'}`,
    );
  }
}

/** What is not as by hand. */
function problemsOf(what, { closing, summary, log }, hand) {
  const { after, baseline } = closing;
  if (after === undefined)
    return [
      `${what}: no tests ran: ${summary.message} ${summary.tests.message} ${log.slice(-3).join(' | ')}`,
    ];
  const wrong = [];
  if (counts(after.totals) !== counts(hand))
    wrong.push(`${what}: ${counts(after.totals)} (${after.message}), by hand ${counts(hand)}`);
  if (baseline === undefined) wrong.push(`${what}: no baseline`);
  if (summary.tests.new_failures.length > 0 && what !== 'planted')
    wrong.push(`${what}: new failures ${summary.tests.new_failures.join(', ')}`);
  return wrong;
}

function plantedProblems(what, played, planted, change, hand) {
  const wrong = problemsOf(what, played, hand);
  const found = played.failures.find(({ file }) => file === planted.path);
  if (found === undefined) return [...wrong, `${what}: not reported`];
  if (found.change !== change) wrong.push(`${what}: is ${found.change}`);
  if (found.line !== planted.line) wrong.push(`${what}: in line ${found.line}`);
  if (!found.name.endsWith(planted.name)) wrong.push(`${what}: named ${found.name}`);
  if (!planted.message.test(found.message)) wrong.push(`${what}: says ${found.message}`);
  const { new_failures, known_failures } = played.summary.tests;
  const list = change === 'new' ? new_failures : known_failures;
  if (!list.some((each) => each.startsWith(planted.path)))
    wrong.push(`${what}: not in the summary`);
  return wrong;
}

function cloneOf(name) {
  const plain = name.replace('/', '+');
  const found = [plain, `${plain}/repo`, name].map((path) => join(from, path));
  const clone = found
    .filter((path) => existsSync(join(path, 'HEAD')) || existsSync(join(path, '.git')))
    .at(0);
  if (clone === undefined) throw new Error(`no clone of ${name} in ${from}`);
  return clone;
}

/** Skipped, to do and expected to fail are one to us. */
function counts(totals) {
  if (totals === undefined) return 'nothing';
  const { passed, skipped, failed, errors = 0 } = totals;
  return [`${passed} passed`, `${failed + errors} failed`, `${skipped} skipped`].join(', ');
}

function print(all) {
  console.log('\n| Repository | Framework | Driver | By hand | hil | Whole run | |');
  console.log('| --- | --- | --- | --- | --- | --- | --- |');
  for (const { repository, framework, driver, hand, hil, seconds, wrong } of all)
    console.log(
      `| ${[repository, framework, driver, hand, hil, `${seconds} s`, wrong.join('; ') || 'as it should be'].join(' | ')} |`,
    );
}
