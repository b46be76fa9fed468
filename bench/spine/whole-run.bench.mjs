/**
 * A whole run on a repository of 60 MB, from the message to the summary without the time a person thinks,
 * against the git, install and test commands it stands for, run bare one after the other. A first run
 * (nothing is cached) and a second one on the same repository, in turns with the bare commands.
 * `--test-seconds=N` is how long the repository's suite takes (default 60).
 */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGitServer } from '@hil/testing';
import { WebSocket } from 'ws';
import { startApp } from '../shared/apps.mjs';
import { Report } from '../shared/report.mjs';
import { roundsWanted } from '../shared/rounds.mjs';
import { startServices } from '../shared/services.mjs';
import { execute, largeRepository } from './support/large-repository.mjs';

const wanted = process.argv.find((arg) => arg.startsWith('--test-seconds='))?.split('=')[1];
const TEST_SECONDS = Number(wanted ?? 60);
const REQUEST = 'rename f7x0 to renamedStep in src/m7.js';

const report = new Report('spine/whole-run');
const folder = await mkdtemp(join(tmpdir(), 'hil-whole-run-'));
const stops = [() => rm(folder, { recursive: true, force: true })];
try {
  const bare = await largeRepository(folder, TEST_SECONDS);
  const git = await startGitServer({ repositories: { large: bare }, allowPush: true });
  stops.unshift(() => git.close());
  const { stdout } = await execute('du', ['-sm', bare]);
  report.note(
    `the bare repository has ${stdout.split('\t')[0]} MB; its suite takes ${TEST_SECONDS} s`,
  );
  const figures = { bare: [], first: [], second: [], firstStages: [], secondStages: [] };
  for (let round = 0; round < roundsWanted(2); round += 1) {
    figures.bare.push(await bareCommands(git.url('large'), join(folder, `bare-${round}`)));
    // An app and a database of its own, so that nothing is known of the repository.
    const services = await startServices();
    try {
      const app = await startApp(services, 'standalone', {
        REPO_ALLOW_HTTP: 'true',
        REPO_ALLOWED_HOSTS: git.host,
      });
      for (const which of ['first', 'second']) {
        const { seconds, stages } = await wholeRun(app.ws, git.url('large'));
        figures[which].push(seconds);
        figures[`${which}Stages`].push(stages);
      }
    } finally {
      await services.stop();
    }
  }
  for (const which of ['first', 'second']) {
    report.compare({
      name: `${which} run, wall time without the human wait`,
      unit: 's',
      ours: figures[which],
      bare: figures.bare,
      bareIs: 'bare git, install and test commands',
      atMost: 1.05,
    });
    report.note(
      `stages of the ${which} run, in s: ${JSON.stringify(figures[`${which}Stages`].at(-1))}`,
    );
  }
} finally {
  for (const stop of stops) await stop();
}
report.end();

/** Clone, two trees, an install and a test run on each, the commit and its push. Answers seconds. */
async function bareCommands(url, place) {
  const begun = performance.now();
  const mirror = join(place, 'mirror.git');
  await execute('git', ['clone', '--quiet', '--bare', url, mirror]);
  for (const tree of ['base', 'head']) {
    const cwd = join(place, tree);
    await execute('git', [
      '--git-dir',
      mirror,
      'worktree',
      'add',
      '--quiet',
      '--detach',
      cwd,
      'main',
    ]);
    if (tree === 'head') {
      const path = join(cwd, 'src/m7.js');
      await writeFile(path, (await readFile(path, 'utf8')).replaceAll('f7x0', 'renamedStep'));
      const user = join(cwd, 'src/m8.js');
      await writeFile(user, (await readFile(user, 'utf8')).replaceAll('f7x0', 'renamedStep'));
      const test = join(cwd, 'test/m7.test.js');
      await writeFile(test, (await readFile(test, 'utf8')).replaceAll('f7x0', 'renamedStep'));
      const as = ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost'];
      await execute('git', [...as, 'commit', '--quiet', '--all', '-m', 'refactor: rename'], {
        cwd,
      });
    }
    await execute('npm', ['ci', '--no-audit', '--no-fund'], { cwd });
    await execute('npm', ['test'], { cwd, maxBuffer: 2 ** 26 });
  }
  const branch = `bare-${Date.now()}`;
  await execute('git', ['push', '--quiet', url, `HEAD:refs/heads/${branch}`], {
    cwd: join(place, 'head'),
  });
  return (performance.now() - begun) / 1_000;
}

/** Sends the request, approves at once whatever is asked, and answers the seconds in between and of each stage. */
async function wholeRun(ws, url) {
  const socket = new WebSocket(ws);
  await once(socket, 'open');
  const begun = performance.now();
  let waitedMs = 0;
  let last = { state: 'received', at: begun };
  const stages = {};
  const summary = new Promise((resolve, reject) => {
    socket.on('close', () => reject(new Error('the socket was closed')));
    socket.on('message', (data) => {
      const { event, data: update } = JSON.parse(data.toString());
      const now = performance.now();
      if (event === 'error') reject(new Error(JSON.stringify(update)));
      if (event !== 'agent_update') return;
      if (update.type === 'status' && update.data.state !== last.state) {
        stages[last.state] = Number(((now - last.at) / 1_000).toFixed(1));
        if (last.state === 'awaiting_approval') waitedMs += now - last.at;
        last = { state: update.data.state, at: now };
      }
      if (update.type === 'approval_request') {
        const { plan_id, plan_hash } = update.data;
        const decision = { session_id: update.session_id, plan_id, plan_hash, approved: true };
        socket.send(JSON.stringify({ event: 'approve_plan', data: decision }));
      }
      if (update.type === 'summary') resolve(update.data);
    });
  });
  socket.send(JSON.stringify({ event: 'chat_message', data: { message: REQUEST, repo_url: url } }));
  const { outcome, message } = await summary;
  const seconds = (performance.now() - begun - waitedMs) / 1_000;
  socket.removeAllListeners('close');
  socket.terminate();
  if (outcome !== 'patch_ready') throw new Error(`the run ended as ${outcome}: ${message}`);
  return { seconds, stages };
}
