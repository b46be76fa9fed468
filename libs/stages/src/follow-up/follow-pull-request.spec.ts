import { randomUUID } from 'node:crypto';
import type { NewUpdate } from '@hil/contracts';
import type { PullActivity, PullCheck } from '@hil/version-control';
import type { ChangeRequest } from '@hil/workflow';
import { describe, expect, it } from '@jest/globals';
import { type FollowServices, PullRequestFollower } from './follow-pull-request.js';

const HEAD = 'a'.repeat(40);

/** What one look at a pull request tells and starts. */
async function look(state: 'open' | 'merged' | 'closed', status: PullCheck['status']) {
  const told: NewUpdate[] = [];
  const started: string[] = [];
  const states: unknown[] = [];
  const run = { id: randomUUID(), sessionId: 's', userId: 'ann', attempt: 1, request: {} };
  const activity = {
    pull: { state, headSha: HEAD },
    checks: [{ name: 'build', status }],
    comments: [{ id: 'comment-1', author: 'bob', member: true, body: '/hil rename it' }],
  } as unknown as PullActivity;
  const forge = {
    kind: 'github',
    noun: 'pull request',
    activity: async () => activity,
    login: async () => 'hil',
  };
  const deps = {
    services: {
      config: { model: { name: 'm' }, agent: { approvalRequired: true, maxRetries: 1 } },
      repositories: { parse: () => ({}) },
      forges: { of: async () => forge },
      effects: {
        update: async (_id: string, change: unknown) => void states.push(change),
        revision: async () => 2,
      },
    },
    storage: {
      run: async () => run,
      commandResult: async () => null,
      activeRun: async () => null,
      tellOnce: async (_run: string, _once: unknown, [entry]: { update: NewUpdate }[]) => {
        if (entry !== undefined) told.push(entry.update);
        return { lastSeq: told.length };
      },
    },
    signals: { ring: () => undefined },
    commands: { chat: async (_who: unknown, { id }: { id: string }) => void started.push(id) },
  } as unknown as FollowServices;
  const change = {
    id: 'c',
    lastRunId: run.id,
    sessionId: 's',
    repository: 'https://git.example.org/acme/shop',
    headSha: HEAD,
    prNumber: 1,
    prUrl: 'https://git.example.org/acme/shop/pull/1',
  } as ChangeRequest;
  await new PullRequestFollower(deps).look(change, new AbortController().signal);
  const lines = told.map(({ data }) => ('message' in data ? String(data.message) : ''));
  return { told, lines, started, states };
}

describe('a pull request that is followed', () => {
  it('starts runs for failed checks and requests while it is open', async () => {
    const { started, states } = await look('open', 'failed');
    expect(started).toEqual([`follow-c-repair-${HEAD}-build`, 'follow-c-comment-1']);
    expect(states).toEqual([]);
  });

  it.each(['merged', 'closed'] as const)('starts nothing once it is %s', async (state) => {
    const { lines, started, states } = await look(state, 'failed');
    expect(started).toEqual([]);
    expect(states).toEqual([{ state }]);
    expect(lines).toContain(`the request of bob is not taken up: the pull request is ${state}`);
    expect(lines.at(-1)).toContain(`was ${state}`);
  });

  it('tells a check that was cancelled, and repairs nothing', async () => {
    const { told, started } = await look('open', 'skipped');
    expect(told).toContainEqual(
      expect.objectContaining({ data: expect.objectContaining({ status: 'skipped' }) }),
    );
    expect(started).toEqual(['follow-c-comment-1']);
  });
});
