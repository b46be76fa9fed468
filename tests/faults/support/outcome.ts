import type { Outcome, Summary } from '@hil/contracts';
import { expect } from '@jest/globals';
import type { Chat } from '../../support/chat.js';
import { type StartedRun, expectNoGap, startRun } from '../../support/run.js';
import type { Fleet, Served } from './fleet.js';

/** A run and the repository it works on. */
export interface Flight extends StartedRun {
  repository: Served;
  /** How many tasks its plan has; each is a commit and a changed file. */
  tasks: number;
}

/** Starts a run on a repository of its own. */
export async function takeOff(
  fleet: Fleet,
  chat: Chat,
  { files, message }: { files: Parameters<Fleet['serve']>[0]; message: string },
): Promise<Flight> {
  const repository = await fleet.serve(files);
  const run = await startRun(chat, { message, repo_url: repository.url });
  const tasks = message.startsWith('create file') ? 1 : message.split('\n').length;
  return { ...run, repository, tasks };
}

/**
 * Reads the whole log from the first number on a new socket and holds it against the promise: it
 * ended as it should, no number is missing or twice, one summary, one branch with one commit a task, one
 * pull request of that branch.
 */
export async function expectLanded(
  fleet: Fleet,
  { sessionId, repository, tasks }: Flight,
  options: { outcome?: Outcome; withinMs?: number } = {},
): Promise<{ chat: Chat; summary: Summary }> {
  const { outcome = 'pr_created', withinMs = 90_000 } = options;
  const chat = await fleet.open(`session_id=${sessionId}&last_seq=0`);
  const summary = await chat.summary(sessionId, withinMs);
  if (summary.outcome !== outcome) {
    const last = chat.updates(sessionId).slice(-8);
    throw new Error(`ended as ${summary.outcome}: ${JSON.stringify(last, null, 1)}`);
  }
  expectNoGap(chat, sessionId);
  expect(chat.of(sessionId, 'summary')).toHaveLength(1);
  const branches = await fleet.branches(repository);
  const pulls = fleet.forge.pulls(repository.name);
  if (outcome !== 'pr_created') {
    expect(pulls).toEqual([]);
    return { chat, summary };
  }
  expect(pulls).toMatchObject([
    { state: 'open', base: 'main', head: { repository: repository.name, branch: summary.branch } },
  ]);
  expect(branches).toEqual([`${summary.head_sha}\trefs/heads/${summary.branch}`]);
  const commits = await repository.git(
    '--git-dir',
    repository.bare,
    'rev-list',
    '--count',
    `main..${summary.branch}`,
  );
  expect(commits).toBe(String(tasks));
  const { rows } = await fleet.rows.query<{ done: number; all: number }>(
    `SELECT count(*)::int AS all, (count(*) FILTER (WHERE effect.status = 'done'))::int AS done
     FROM effect JOIN change_request ON change_request.id = effect.change_request_id
     WHERE change_request.run_id = (SELECT id FROM run WHERE session_id = $1::uuid)`,
    [sessionId],
  );
  expect(rows).toEqual([{ all: 2, done: 2 }]);
  return { chat, summary };
}

/** The outside world has seen this many pushes and pull requests since `before`, and not one more. */
export function expectEffects(
  fleet: Fleet,
  before: ReturnType<Fleet['seen']>,
  count: number,
): void {
  const { pushes, pulls } = fleet.seen();
  expect({ pushes: pushes - before.pushes, pulls: pulls - before.pulls }).toEqual({
    pushes: count,
    pulls: count,
  });
}
