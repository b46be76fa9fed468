#!/usr/bin/env node
/**
 * What a real model makes of real tasks, with the product as it is started: the tasks of tests/models/fixtures and
 * instances like those of SWE-bench, one run each, judged by tests that the model never saw. docs/models.md says how.
 * Exit code: 0 when every task succeeded, 1 when one did not, 2 when the call was wrong and nothing was run.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, loadConfig } from '@hil/config';
import { HilError } from '@hil/contracts';
import { costOf, createModels } from '@hil/language-models';
import { startApp } from '../shared/apps.mjs';
import { fixtureTasks, taskNames } from './fixture-tasks.mjs';
import { readInstances } from './instances.mjs';
import { Judge } from './judge.mjs';
import { CallError, USAGE, readOptions } from './options.mjs';
import { playRun } from './play-run.mjs';
import { resultOf, table, totalsOf } from './report.mjs';
import { workRepository } from './work-repository.mjs';

/** Settings of a server that an evaluation must not touch: its data, its forges, its users. */
const NOT_OURS =
  /^(?:DATABASE_URL|REDIS_URL|QUEUE_PREFIX|DATA_DIR|HOST|PORT|HEALTH_PORT|AUTH_MODE|API_KEYS|OIDC_.*|GITHUB_.*|GITLAB_.*|RECORD.*)$/;

try {
  process.exitCode = await main(readOptions(process.argv.slice(2), process.env));
} catch (error) {
  if (!(error instanceof CallError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

async function main(options) {
  if (options.help || options.list) {
    console.log(options.help ? USAGE : taskNames().join('\n'));
    return 0;
  }
  const tasks = chosenTasks(options);
  const folder = mkdtempSync(join(tmpdir(), 'hil-eval-'));
  const stops = [];
  const end = async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('SIGINT', () => void end().finally(() => process.exit(130)));
  try {
    const env = settings(options);
    const config = checkedConfig(env, folder);
    const judge = new Judge(config, join(folder, 'dependencies'));
    await judge.requireSandbox();
    const place = { folder, onStop: (stop) => stops.push(stop) };
    const { ws } = await startApp(place, 'standalone', env);
    const results = [];
    for (const [index, task] of tasks.entries()) {
      const own = join(folder, `task-${index + 1}`);
      mkdirSync(own);
      const result = await evaluated({ task, folder: own, socket: ws, judge, options });
      rmSync(own, { recursive: true, force: true });
      results.push(result);
      const { success, reason, seconds } = result;
      console.log(
        `${index + 1}/${tasks.length} ${task.name}: ${success ? 'success' : `no (${reason.split('\n')[0]})`}, ${seconds} s`,
      );
    }
    console.log(`\n${table(results)}`);
    await sayUnpriced(results);
    if (options.json !== undefined) {
      const report = { model: options.model, totals: totalsOf(results), results };
      writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
    }
    return results.every(({ success }) => success) ? 0 : 1;
  } finally {
    await end();
  }
}

function chosenTasks({ tasks, instances }) {
  const wanted =
    tasks === undefined
      ? instances === undefined
        ? taskNames()
        : []
      : tasks.split(',').filter((name) => name !== '' && name !== 'none');
  const all = [
    ...fixtureTasks(wanted),
    ...(instances === undefined ? [] : readInstances(instances)),
  ];
  if (all.length === 0) throw new CallError('nothing to do: no task and no instance is chosen');
  return all;
}

function settings({ model }) {
  if (model === undefined)
    throw new CallError(`--model provider:model is missing, and so is LLM_MODEL\n\n${USAGE}`);
  const own = Object.entries(process.env).filter(([name]) => !NOT_OURS.test(name));
  return { ...Object.fromEntries(own), LLM_MODEL: model, REPO_ALLOW_LOCAL_PATHS: 'true' };
}

/** Names, keys and packages are checked before anything is started. */
function checkedConfig(env, cwd) {
  try {
    const config = loadConfig({ shape: 'embedded', env, cwd });
    createModels(config.model, (text) => text);
    return config;
  } catch (error) {
    if (error instanceof HilError || error instanceof ConfigError)
      throw new CallError(error.message);
    throw error;
  }
}

async function evaluated({ task, folder, socket, judge, options }) {
  const started = performance.now();
  const result = (outcome) =>
    resultOf(task, { ...outcome, seconds: (performance.now() - started) / 1_000 });
  let repository;
  try {
    repository = await workRepository(task.source, folder);
  } catch (error) {
    return result({ error: { kind: 'unreachable', message: wordsOf(error) } });
  }
  let played;
  try {
    played = await playRun({ socket, task, repository, minutes: options.minutes });
    const http = socket.replace(/^ws/, 'http').replace(/\/ws\/chat$/, '');
    return result({
      played,
      problem: await verdict({ task, played, repository, folder, judge, http }),
    });
  } catch (error) {
    return result({ played, error: { kind: 'error', message: wordsOf(error) } });
  }
}

async function verdict({ task, played, repository, folder, judge, http }) {
  const { summary, answers } = played;
  const { wanted } = task;
  if (wanted.answer !== undefined) {
    const said = answers.join('\n').replaceAll(' ', '');
    if (said.includes(wanted.answer.replaceAll(' ', ''))) return null;
    return `the answer does not mention ${wanted.answer}`;
  }
  if (summary.outcome !== 'patch_ready') return summary.message;
  const patch = await (await fetch(`${http}${summary.patch_url}`)).text();
  return judge.problem({ wanted, repository, folder, patch });
}

/** The last words of git or of the server, which say what is wrong. */
function wordsOf(error) {
  const text = String(error.stderr ?? '').trim() || error.message;
  return text.split('\n').slice(-3).join(' ');
}

async function sayUnpriced(results) {
  const models = new Set(
    results.flatMap(({ model }) => model.split(', ')).filter((one) => one.includes(':')),
  );
  const none = { input: 1, output: 1, cacheRead: 0, cacheWrite: 0 };
  for (const model of models)
    if ((await costOf(model, none)) === null)
      console.log(`The price of ${model} is not known; it counts as 0.`);
}
