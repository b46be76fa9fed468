import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '@hil/config';
import {
  PostgresEffectLedger,
  PostgresRunHistory,
  type Database,
  type EmbeddedPostgres,
  applyMigrations,
  openDatabase,
  startEmbeddedPostgres,
} from '@hil/persistence';
import { PrCreationHandler, RunRepositories, type StageServices } from '@hil/stages';
import { FakeForge, type TestRepository, createRepository } from '@hil/testing';
import { Forges, MirrorStore } from '@hil/version-control';
import type { EffectLedger, Run, StageExecutor } from '@hil/workflow';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { approvalOf, contextOf, planOf, type Talk } from './testing/pr-attempt.js';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const BRANCH = 'feat/once';

let dataDir: string;
let postgres: EmbeddedPostgres;
let database: Database;
let forge: FakeForge;
let token: string;
const repositories: TestRepository[] = [];

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hil-once-'));
  postgres = await startEmbeddedPostgres({ dataDir: join(dataDir, 'postgres'), log: silent });
  await applyMigrations(postgres.databaseUrl);
  database = openDatabase({ databaseUrl: postgres.databaseUrl, log: silent });
  forge = await FakeForge.start();
  token = forge.addUser('hil');
}, 120_000);
afterAll(async () => {
  await database?.close();
  await postgres?.stop();
  await forge?.close();
  await Promise.all(repositories.map((repository) => repository.remove()));
  await rm(dataDir, { recursive: true, force: true });
});

/** What a process that dies at a step leaves undone: the step itself and everything behind it. */
class Died extends Error {}

/** The ledger of a worker that dies at its n-th use, before anything is written. */
function dyingAt(step: number): { ledger: EffectLedger; used: () => number } {
  let used = 0;
  const ledger = new Proxy(new PostgresEffectLedger(database), {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return async (...args: unknown[]): Promise<unknown> => {
        used += 1;
        if (used === step) throw new Died(`died at ${String(name)}`);
        return (await Reflect.apply(member, target, args)) as unknown;
      };
    },
  });
  return { ledger, used: () => used };
}

let count = 0;
/** A finished change of a new repository, and workers that deliver it. */
async function finishedChange(protectedBranches: string[] = []) {
  count += 1;
  const name = `acme/once-${count}`;
  const repository = await createRepository({ 'a.txt': 'a\n' });
  repositories.push(repository);
  const url = forge.addRepository({
    owner: 'acme',
    name: `once-${count}`,
    bare: repository.bare,
    collaborators: { hil: 'write' },
    protectedBranches,
  });
  const policy = { allowedHosts: [forge.host], allowHttp: true, allowLocalPaths: false };
  const config = loadConfig({
    shape: 'embedded',
    env: { DATA_DIR: join(dataDir, `worker-${count}`), ...forge.githubSettings(token) },
    envFile: '/nonexistent/.env',
  });
  const { host, apiUrl } = config.github;
  const forges = new Forges({
    github: { host, apiUrl, credentials: { kind: 'token', token } },
  });
  const mirrors = new MirrorStore({
    dataDir: config.dataDir,
    policy,
    limits: { maxMb: 50, maxFiles: 1_000 },
    credentials: (at, address) =>
      forges.credentialsFor({ host: at, url: address }, AbortSignal.timeout(30_000)),
  });
  const stages = new RunRepositories(mirrors, policy);
  const address = stages.parse(url);
  const { baseSha } = await mirrors.sync(address);
  const id = randomUUID();
  const tree = await mirrors.openWorktree({ address, runId: id, sha: baseSha });
  await writeFile(join(tree.path, 'a.txt'), 'b\n');
  const author = { name: 'hil', email: 'hil@example.test' };
  const headSha = await tree.commitAll({ message: 'feat: once', author, date: new Date(0) });
  if (headSha === null) throw new Error('nothing was committed');
  const bundle = await tree.bundle(baseSha, headSha, BRANCH);
  await tree.dispose();
  const run = {
    id,
    sessionId: randomUUID(),
    userId: 'ann',
    stage: 'pr_creation',
    request: { message: 'once', repo_url: url },
    context: {
      planner: 'model',
      approved: approvalOf(baseSha),
      repository: { kind: 'remote', address: url, baseBranch: 'main', baseSha, uncommitted: 0 },
      plan: planOf(baseSha),
      edit: {
        branch: BRANCH,
        headSha,
        startedAt: new Date(0).toISOString(),
        tasksDone: ['1'],
        commits: [{ sha: headSha, taskId: '1', subject: 'feat: once' }],
        files: [{ path: 'a.txt', status: 'modified', additions: 1, deletions: 1 }],
      },
    },
  } as unknown as Run;
  /** One attempt at the stage, by a process of its own. */
  const attempt = (effects: EffectLedger, talk: Talk = { said: [], told: [] }, of = run) => {
    const services = {
      config,
      repositories: stages,
      forges,
      effects,
      history: new PostgresRunHistory(database),
      redact: (text: string) => text,
    };
    const handler = new PrCreationHandler(
      services as unknown as StageServices,
      undefined as unknown as StageExecutor,
    );
    return handler.run(contextOf(of, bundle, talk));
  };
  const outcome = async () => ({
    branches: await forge.branches(name),
    pulls: forge.pulls(name).map(({ number, head, base }) => [number, head.branch, base]),
  });
  /** The same request, sent again: a run with a branch of its own. */
  const again = (branch: string) => {
    const { edit } = run.context;
    const context = {
      ...run.context,
      ...(edit === undefined ? {} : { edit: { ...edit, branch } }),
    };
    return { ...run, id: randomUUID(), context };
  };
  return { attempt, again, outcome, name, repository, baseSha, headSha };
}

describe('branch and pull request', () => {
  it('are one each, wherever the worker before died', async () => {
    const steps = dyingAt(0);
    const whole = await finishedChange();
    await whole.attempt(steps.ledger);
    expect(steps.used()).toBeGreaterThan(5);
    for (let step = 1; step <= steps.used(); step += 1) {
      const { attempt, outcome, baseSha, headSha } = await finishedChange();
      await expect(attempt(dyingAt(step).ledger)).rejects.toThrow(Died);
      const { event } = await attempt(new PostgresEffectLedger(database));
      expect(event).toMatchObject({ type: 'delivered', delivery: { pullRequest: { number: 1 } } });
      expect(await outcome()).toEqual({
        branches: { main: baseSha, [BRANCH]: headSha },
        pulls: [[1, BRANCH, 'main']],
      });
    }
  }, 120_000);

  it.each([
    ['a 502 after the create', { kind: 'status', status: 502, when: 'after' }],
    ['a reset after the create', { kind: 'reset', when: 'after' }],
    ['a reset before the create', { kind: 'reset', when: 'before' }],
  ] as const)(
    'are one each after %s, also when the worker dies then',
    async (_what, fault) => {
      const { attempt, outcome, headSha } = await finishedChange();
      forge.fail({ method: 'POST', path: /\/pulls$/, fault });
      // The last use of the ledger writes down what became of the pull request.
      await attempt(dyingAt(8).ledger).catch(() => undefined);
      await attempt(new PostgresEffectLedger(database));
      const { branches, pulls } = await outcome();
      expect([branches[BRANCH], pulls]).toEqual([headSha, [[1, BRANCH, 'main']]]);
    },
    60_000,
  );

  it('stay those of the tested commit when the base moves after the push', async () => {
    const { attempt, outcome, repository, headSha } = await finishedChange();
    // The branch is there, and nobody has written that down.
    await expect(attempt(dyingAt(4).ledger)).rejects.toThrow(Died);
    expect((await outcome()).branches[BRANCH]).toBe(headSha);
    await repository.commit({ 'elsewhere.txt': 'moved on\n' });
    const { event } = await attempt(new PostgresEffectLedger(database));
    expect(event.type).toBe('delivered');
    const { branches, pulls } = await outcome();
    expect([branches[BRANCH], pulls]).toEqual([headSha, [[1, BRANCH, 'main']]]);
  }, 60_000);

  it('leave a protected branch alone, whatever it is called', async () => {
    const { attempt, outcome, repository, baseSha } = await finishedChange([BRANCH]);
    await repository.git('push', '-q', repository.bare, `${baseSha}:refs/heads/${BRANCH}`);
    const { event } = await attempt(new PostgresEffectLedger(database));
    const note = expect.stringContaining('is a protected branch of acme/once');
    expect(event).toMatchObject({ type: 'delivered', delivery: { pushed: false, note } });
    expect(await outcome()).toEqual({
      branches: { main: baseSha, [BRANCH]: baseSha },
      pulls: [],
    });
  }, 60_000);

  it('wait as a patch when the forge does not say what became of them, and are new ones once they are deleted', async () => {
    const { attempt, again, name } = await finishedChange();
    const ledger = new PostgresEffectLedger(database);
    const quiet: Talk = { said: [], told: [] };
    await attempt(ledger);
    const fault = { kind: 'status', status: 502, when: 'before' } as const;
    forge.fail({ method: 'GET', path: /\/pulls\/\d+$/, fault, times: 99 });
    const resent = again('feat/again');
    const note = expect.stringContaining('The branch was not pushed');
    expect(await attempt(ledger, quiet, resent)).toMatchObject({
      event: { type: 'delivered', delivery: { pushed: false, note } },
    });
    forge.calm();
    const kept = forge.state.pulls.filter(({ repository }) => repository !== name);
    forge.state.pulls.splice(0, Infinity, ...kept);
    expect(await attempt(ledger, quiet, resent)).toMatchObject({
      event: { type: 'delivered', delivery: { pushed: true, branch: 'feat/again' } },
    });
    expect(forge.pulls(name).map(({ head }) => head.branch)).toEqual(['feat/again']);
  }, 60_000);

  it('are one each when two workers deliver at once', async () => {
    const { attempt, outcome } = await finishedChange();
    const ledgers = [new PostgresEffectLedger(database), new PostgresEffectLedger(database)];
    const results = await Promise.allSettled(ledgers.map((each) => attempt(each)));
    expect(results.some(({ status }) => status === 'fulfilled')).toBe(true);
    const { branches, pulls } = await outcome();
    expect(Object.keys(branches).sort()).toEqual([BRANCH, 'main']);
    expect(pulls.filter(([, branch]) => branch === BRANCH)).toHaveLength(1);
  }, 60_000);

  it('wait for what was said after verification looked; what comes during the push is told to be late', async () => {
    const { attempt, outcome, baseSha } = await finishedChange();
    const ledger = new PostgresEffectLedger(database);
    const early = { said: ['in English, please'], told: [] };
    expect(await attempt(ledger, early)).toEqual({ event: { type: 'said_before_delivery' } });
    expect(await outcome()).toEqual({ branches: { main: baseSha }, pulls: [] });
    const talk: Talk = { said: [], told: [] };
    forge.faults.beforePush = async () => void talk.said.push('and in capitals');
    const { event } = await attempt(ledger, talk);
    forge.calm();
    expect(event).toMatchObject({ type: 'delivered', delivery: { pushed: true } });
    const late = expect.stringContaining(
      'too late for the change: "and in capitals". Send it again',
    );
    expect(talk.told).toContainEqual(late);
  }, 60_000);
});
