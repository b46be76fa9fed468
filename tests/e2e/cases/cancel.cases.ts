import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunState } from '@hil/contracts';
import { describe, expect, it } from '@jest/globals';
import type { Chat } from '../../support/chat.js';
import { processTable, startedBy } from '../../support/process-table.js';
import { manyParts, slowTest } from '../../support/repositories.js';
import { type StartedRun, approve, expectNoGap, planOf, startRun } from '../../support/run.js';
import type { World } from '../../support/world.js';

/** Two seconds is what a person is promised; the rest is for a machine that runs other suites beside. */
const WITHIN_MS = 6_000;
const FOLDERS = ['worktrees', 'git-dirs', 'test-trees'];

interface CancelCase {
  state: RunState;
  /** The seconds the test suite sleeps; unique on this machine. */
  sleeps?: string;
  prepare?: (world: World) => void;
  /** Resolves when the run is in the midst of the stage. */
  arrive: (chat: Chat, run: StartedRun, world: World) => Promise<unknown>;
}

const reaches = (state: RunState) => (chat: Chat, run: StartedRun) =>
  chat.reaches(run.sessionId, state);

const CASES: CancelCase[] = [
  {
    state: 'pkg_query',
    prepare: ({ git }) => (git.faults.hang = 'all'),
    arrive: async (chat, { sessionId }) => {
      await chat.update(sessionId, 'log', ({ message }) => message.startsWith('fetching'));
      await sleep(200);
    },
  },
  { state: 'planning', arrive: reaches('planning') },
  { state: 'awaiting_approval', arrive: reaches('awaiting_approval') },
  {
    state: 'editing',
    arrive: async (chat, run) => {
      await approve(chat, run);
      await chat.update(run.sessionId, 'code_change');
    },
  },
  {
    state: 'testing',
    sleeps: '61.0417',
    arrive: async (chat, run) => {
      await approve(chat, run);
      await chat.reaches(run.sessionId, 'testing');
      await until(async () => (await running('sleep 61.0417')).length > 0, 'the suite runs');
    },
  },
  {
    state: 'verification',
    arrive: async (chat, run) => {
      await approve(chat, run);
      await chat.reaches(run.sessionId, 'verification');
    },
  },
  {
    state: 'pr_creation',
    prepare: ({ git }) => (git.faults.beforePush = () => new Promise(() => undefined)),
    arrive: async (chat, run, { git }) => {
      const { pushes } = git.counts;
      await approve(chat, run);
      await until(async () => git.counts.pushes > pushes, 'the push has begun');
    },
  },
];

/** Processes, of this whole machine, with this in their command line. */
async function running(command: string): Promise<string[]> {
  return (await processTable()).map((row) => row.command).filter((each) => each.includes(command));
}

async function until(holds: () => Promise<boolean>, what: string): Promise<void> {
  for (const deadline = Date.now() + 60_000; !(await holds()); await sleep(25)) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
  }
}

/** What a run left behind: processes, and folders that carry its id. */
async function leftovers(world: World, runId: string): Promise<string[]> {
  const { dataDirs, pids } = world.deployment;
  const left = startedBy(await processTable(), pids()).map(({ command }) => command);
  for (const dataDir of dataDirs) {
    for (const folder of FOLDERS) {
      const path = join(dataDir, folder, runId);
      const inside = await readdir(path).catch(() => []);
      left.push(...inside.map((name) => join(path, name)));
    }
  }
  return left;
}

export function cancelCases(world: () => World): void {
  describe('cancel', () => {
    it.each(CASES)('ends a run in $state within 2 s and leaves nothing', async (each) => {
      const { git, deployment } = world();
      const { files, message } = manyParts(each.sleeps === undefined ? {} : slowTest(each.sleeps));
      const repository = await world().serve(files);
      const chat = await world().open();
      each.prepare?.(world());
      const pushes = git.counts.pushes;
      const run = await startRun(chat, { message, repo_url: repository.url });
      await each.arrive(chat, run, world());

      const { at, ack } = await chat.command('cancel_request', { session_id: run.sessionId });
      expect(ack.ok).toBe(true);
      const summary = await chat.update(run.sessionId, 'summary');
      expect(summary.at - at).toBeLessThan(WITHIN_MS);
      expect(summary.data.outcome).toBe('cancelled');
      const states = chat.of(run.sessionId, 'status').map(({ state }) => state);
      expect(states.slice(-2)).toEqual([each.state, 'cancelled']);

      const begun = Date.now();
      let left = await leftovers(world(), run.runId);
      while (left.length > 0 && Date.now() - begun < WITHIN_MS) {
        await sleep(100);
        left = await leftovers(world(), run.runId);
      }
      expect(left).toEqual([]);
      if (each.sleeps !== undefined) expect(await running(`sleep ${each.sleeps}`)).toEqual([]);
      expectNoGap(chat, run.sessionId);
      expect(chat.updates(run.sessionId).at(-1)?.type).toBe('summary');
      if (each.state !== 'pr_creation') expect(git.counts.pushes).toBe(pushes);
      const refs = await repository.git('ls-remote', '--heads', repository.bare);
      expect(refs.split('\n')).toHaveLength(1);
      expect(deployment.pids().length).toBeGreaterThan(0);
      const late = await chat.refused('cancel_request', { session_id: run.sessionId });
      expect(late.code).toBe('run_ended');
    });

    it('decides nothing after a cancel, whichever comes first', async () => {
      const { files, message } = manyParts();
      const repository = await world().serve(files);
      const chat = await world().open();
      const run = await startRun(chat, { message, repo_url: repository.url });
      const { plan_id } = await planOf(chat, run);
      const [cancelled, approved] = await Promise.all([
        chat.command('cancel_request', { session_id: run.sessionId }),
        chat.command('approve_plan', { session_id: run.sessionId, plan_id, approved: true }),
      ]);
      expect(cancelled.ack.ok).toBe(true);
      expect(approved.ack).toMatchObject({ ok: false, code: 'run_ended' });
      expect((await chat.summary(run.sessionId)).outcome).toBe('cancelled');
      expect(chat.of(run.sessionId, 'code_change')).toEqual([]);
    });
  });
}
