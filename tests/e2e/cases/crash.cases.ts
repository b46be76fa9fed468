import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkerApp } from '@hil/contracts';
import { describe, expect, it } from '@jest/globals';
import type { Chat } from '../../support/chat.js';
import { SMALL_CHANGE, manyParts, slowTest, small } from '../../support/repositories.js';
import { type StartedRun, approve, beginRun, expectNoGap, startRun } from '../../support/run.js';
import type { Served, World } from '../../support/world.js';

/** No two repositories have the same tests: a baseline that is known already would not run. */
let hundredths = 50;

/** Begins a run of many tasks and slow tests, and approves it. */
async function underWay(
  world: World,
): Promise<{ chat: Chat; run: StartedRun; repository: Served; tasks: number }> {
  hundredths += 1;
  const { files, message } = manyParts(slowTest(`1.${hundredths}`));
  const { repository, chat, run } = await beginRun(world, { files: files, message });
  await approve(chat, run);
  return { chat, run, repository, tasks: message.split('\n').length };
}

/** A new socket reads the whole log again: no number missing, none twice, and the run ended well. */
async function expectWellEnded(
  world: World,
  { run, repository, tasks }: { run: StartedRun; repository: Served; tasks: number },
  expected: { interrupted: 'editing' | 'testing'; pushes: number },
): Promise<Chat> {
  const { sessionId } = run;
  const chat = await world.open(`session_id=${sessionId}&last_seq=0`);
  const summary = await chat.summary(sessionId, 90_000);
  expect(summary.outcome).toBe('patch_ready');
  expectNoGap(chat, sessionId);
  expect(chat.of(sessionId, 'summary')).toHaveLength(1);
  const attempts = chat
    .updates(sessionId)
    .filter(({ stage }) => stage === expected.interrupted)
    .map(({ attempt }) => attempt);
  expect(Math.max(...attempts)).toBeGreaterThan(1);
  expect(attempts).toEqual([...attempts].sort((a, b) => a - b));

  const changes = chat.of(sessionId, 'code_change');
  const changed = changes.map(({ task_id }) => task_id).filter((id) => id !== 'run');
  expect(changed).toEqual([...new Set(changed)]);
  expect(changed).toHaveLength(tasks);
  const whole = changes.filter(({ task_id }) => task_id === 'run').map(({ file }) => file);
  expect(whole).toEqual([...new Set(whole)]);
  expect(whole).toHaveLength(tasks);
  expect(summary.files).toHaveLength(tasks);
  expect(world.git.counts.pushes).toBe(expected.pushes);
  const commits = await repository.git(
    '--git-dir',
    repository.bare,
    'rev-list',
    '--count',
    `main..${summary.branch}`,
  );
  expect(commits).toBe(String(tasks));
  return chat;
}

async function arrive(chat: Chat, { sessionId }: StartedRun, app: WorkerApp): Promise<void> {
  if (app === 'editor') {
    await chat.update(sessionId, 'code_change', ({ task_id }) => task_id === 'task-2');
  } else {
    await chat.update(sessionId, 'log', ({ message }) => message.includes(': baseline, on '));
  }
}

export function crashCases(world: () => World): void {
  const places = [
    { app: 'editor', interrupted: 'editing' },
    { app: 'test-runner', interrupted: 'testing' },
  ] as const;

  describe('interruptions', () => {
    it.each(places)(
      'goes on by itself after kill -9 while $interrupted',
      async ({ app, interrupted }) => {
        const pushes = world().git.counts.pushes + 1;
        const begun = await underWay(world());
        await arrive(begun.chat, begun.run, app);
        await world().deployment.crash(app);
        await expectWellEnded(world(), begun, { interrupted, pushes });
      },
      180_000,
    );

    it('finds its branch again when it dies between the push and the answer', async () => {
      const { git, deployment } = world();
      const repository = await world().serve(small());
      const pushes = git.counts.pushes + 1;
      const chat = await world().open();
      const run = await startRun(chat, { message: SMALL_CHANGE, repo_url: repository.url });
      git.faults.hang = 'push_answer';
      await approve(chat, run);
      const branches = (): Promise<string> =>
        repository.git('ls-remote', '--heads', repository.bare, 'refs/heads/*/*');
      for (let tries = 0; (await branches()) === ''; tries += 1) {
        if (tries > 400) throw new Error('nothing was pushed');
        await sleep(25);
      }
      await deployment.crash('pr-worker');
      delete git.faults.hang;

      const after = await world().open(`session_id=${run.sessionId}&last_seq=0`);
      const summary = await after.summary(run.sessionId, 90_000);
      expect(summary.outcome).toBe('patch_ready');
      expect(git.counts.pushes).toBe(pushes);
      expect(await branches()).toBe(`${summary.head_sha}\trefs/heads/${summary.branch}`);
      expectNoGap(after, run.sessionId);
    }, 180_000);

    it.each(places)(
      'stops within seconds on SIGTERM while $interrupted, and goes on after the start',
      async ({ app, interrupted }) => {
        const pushes = world().git.counts.pushes + 1;
        const begun = await underWay(world());
        await arrive(begun.chat, begun.run, app);
        const took = await world().deployment.restart(app);
        expect(took).toBeLessThan(10_000);
        const chat = await world().open(`session_id=${begun.run.sessionId}&last_seq=0`);
        expect((await chat.summary(begun.run.sessionId, 90_000)).outcome).toBe('patch_ready');
        expectNoGap(chat, begun.run.sessionId);
        expect(world().git.counts.pushes).toBe(pushes);
        expect(interrupted).toBeDefined();
      },
      180_000,
    );
  });
}
