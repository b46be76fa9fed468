import { createHmac } from 'node:crypto';
import { FakeForge, plainGit } from '@hil/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { SMALL_CHANGE, small } from '../support/repositories.js';
import { approve, expectNoGap, startRun } from '../support/run.js';
import { standalone } from '../support/standalone.shape.js';
import { World } from '../support/world.js';

const WEBHOOK_SECRET = 'the words both sides know';
let github: FakeForge;
let gitlab: FakeForge;
let world: World;

beforeAll(async () => {
  [github, gitlab] = await Promise.all([FakeForge.start(), FakeForge.start()]);
  for (const forge of [github, gitlab]) forge.addUser('bob');
  world = await World.start(standalone, {
    ...github.githubSettings(github.addUser('hil')),
    ...gitlab.gitlabSettings(gitlab.addUser('hil')),
    REPO_ALLOWED_HOSTS: `${github.host},${gitlab.host}`,
    GITHUB_WEBHOOK_SECRET: WEBHOOK_SECRET,
    GITLAB_WEBHOOK_SECRET: WEBHOOK_SECRET,
    // Only when it is rung for: what comes without is not expected.
    PULL_REQUEST_POLL_SECONDS: '0',
  });
}, 180_000);
afterAll(async () => {
  await world.stop();
  await Promise.all([github.close(), gitlab.close()]);
});
afterEach(() => {
  world.calm();
  for (const forge of [github, gitlab]) {
    forge.calm();
    expect(forge.problems.splice(0)).toEqual([]);
  }
});

const CONVENTIONS = {
  '.github/CODEOWNERS': '* @bob\n',
  CODEOWNERS: '* @bob\n',
  '.github/pull_request_template.md': '## What\n\n## Checklist\n- [ ] documented\n',
};

let count = 0;
async function serve(
  forge: FakeForge,
  options: { collaborators?: Record<string, 'read' | 'write'> } = {},
) {
  count += 1;
  const repository = await world.local({ ...small(), ...CONVENTIONS });
  const name = `acme/shop-${count}`;
  const url = forge.addRepository({
    owner: 'acme',
    name: `shop-${count}`,
    bare: repository.bare,
    protectedBranches: ['main'],
    collaborators: { hil: 'write', bob: 'write' },
    ...options,
  });
  return { name, url, repository };
}

/** Rings as the forge does; answers the status and how many pull requests will be looked at. */
async function ring(kind: string, page: string, secret = WEBHOOK_SECRET) {
  const body =
    kind === 'GitHub'
      ? JSON.stringify({ repository: { html_url: page } })
      : JSON.stringify({ project: { web_url: page } });
  const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
  const response = await fetch(`${world.deployment.http}/api/webhooks/${kind.toLowerCase()}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(kind === 'GitHub' ? { 'x-hub-signature-256': signature } : { 'x-gitlab-token': secret }),
    },
    body,
  });
  const { data } = (await response.json()) as { data?: { pull_requests: number } };
  return [response.status, data?.pull_requests];
}

async function change(url: string, message = SMALL_CHANGE) {
  const chat = await world.open();
  const run = await startRun(chat, { message, repo_url: url });
  await approve(chat, run);
  return { chat, run, summary: await chat.summary(run.sessionId) };
}

describe.each([
  ['GitHub', () => github],
  ['GitLab', () => gitlab],
])('a run on %s', (kind, forgeOf) => {
  it('ends with one draft pull request that says everything', async () => {
    const forge = forgeOf();
    const { name, url, repository } = await serve(forge);
    const base = await repository.headSha();
    const { summary } = await change(url);
    expect(summary).toMatchObject({ outcome: 'pr_created', pr_number: 1 });
    const [pull, ...others] = forge.pulls(name);
    expect(others).toEqual([]);
    expect(pull).toMatchObject({
      state: 'open',
      draft: true,
      base: 'main',
      author: 'hil',
      labels: ['hil'],
      reviewers: ['bob'],
      head: { repository: name, branch: summary.branch },
    });
    expect(summary.pr_url).toMatch(new RegExp(`/${name}/(-/merge_requests|pull)/1$`));
    expect(await forge.branches(name)).toEqual({
      main: base,
      [summary.branch ?? '']: summary.head_sha,
    });
    for (const part of [
      '## Plan',
      'NOTES.md',
      'plan hash',
      '## Rollback',
      'change-request=',
      'node:test',
    ]) {
      expect(pull?.body).toContain(part);
    }
    if (kind === 'GitHub') expect(pull?.body).toMatch(/^## What\n\n\S[\s\S]*- \[ \] documented/);
  }, 180_000);

  it('updates the pull request when the same request is sent again', async () => {
    const forge = forgeOf();
    const { name, url, repository } = await serve(forge);
    const first = await change(url);
    await repository.commit({ 'other.txt': 'moved on\n' });
    const second = await change(url);
    expect(second.summary).toMatchObject({
      outcome: 'pr_created',
      pr_number: 1,
      branch: first.summary.branch,
    });
    expect(forge.pulls(name)).toHaveLength(1);
    const { [first.summary.branch ?? '']: head, ...rest } = await forge.branches(name);
    expect(head).toBe(second.summary.head_sha);
    expect(Object.keys(rest)).toEqual(['main']);
    // Once a person has closed it, the request is a new one.
    const [pull] = forge.pulls(name);
    if (pull !== undefined) pull.state = 'closed';
    const third = await change(url);
    expect(third.summary).toMatchObject({ outcome: 'pr_created', pr_number: 2 });
  }, 300_000);

  it('goes through a fork where it may not push', async () => {
    const forge = forgeOf();
    const { name, url, repository } = await serve(forge, { collaborators: {} });
    const { summary } = await change(url);
    expect(summary).toMatchObject({ outcome: 'pr_created', pr_number: 1 });
    expect(Object.keys(await forge.branches(name))).toEqual(['main']);
    const fork = `hil/${name.split('/')[1]}`;
    expect(forge.pulls(name)).toMatchObject([
      { head: { repository: fork, branch: summary.branch } },
    ]);
    expect(await plainGit(repository.bare, 'rev-parse', 'main')).toBe(summary.base_sha);
  }, 180_000);

  it('goes on with what is said there: checks, a comment that asks for a change, and the end', async () => {
    const forge = forgeOf();
    // On GitLab through a fork: the branch is there, and so are its revisions.
    const owner = kind === 'GitHub' ? 'acme' : 'hil';
    const collaborators: Record<string, 'read' | 'write'> = { bob: 'write' };
    if (owner === 'acme') collaborators['hil'] = 'write';
    const { name, url } = await serve(forge, { collaborators });
    const branchesOf = () => forge.branches(name.replace('acme', owner));
    const page = url.replace(/\.git$/, '');
    const { chat, run, summary } = await change(url);
    const { sessionId } = run;
    const [pull] = forge.pulls(name);
    if (pull === undefined) throw new Error('there is no pull request');
    const say = (author: string, body: string): void => {
      const id = forge.state.nextId();
      pull.comments.push({ id, author, body, createdAt: new Date().toISOString() });
    };
    const heard = (part: string) =>
      chat.update(sessionId, 'log', ({ message }) => message.includes(part));
    forge.addUser('eve');
    const failed = { status: 'completed', conclusion: 'failure' } as const;
    const sha = summary.head_sha ?? '';
    forge.state.checks.push({ id: forge.state.nextId(), sha, name: 'integration', ...failed });
    if (kind === 'GitHub') say('eve', '/hil delete file NOTES.md');
    say('bob', '/hil append to NOTES.md:\n```\nand more\n```');
    expect(await ring(kind, page, 'guessed')).toEqual([401, undefined]);
    expect(await ring(kind, 'http://127.0.0.1/somebody/else')).toEqual([202, 0]);
    expect(await ring(kind, page)).toEqual([202, 1]);

    await chat.update(
      sessionId,
      'test_result',
      (one) => one.name === 'integration' && one.status === 'failed' && one.kind === 'build',
    );
    await heard('the check integration fails');
    if (kind === 'GitHub') await heard('the request of eve is not taken up');
    await heard('bob on the');
    await heard('revision 2 of');
    const { update, data: card } = await chat.update(
      sessionId,
      'approval_request',
      ({ plan }) => plan?.plan.some(({ task }) => task.startsWith('append to NOTES.md')) ?? false,
    );
    expect(update.run_id).not.toBe(run.runId);
    expect(card.base_sha).toBe(summary.head_sha);
    // The person sees the next revision of what they know.
    expect(card.message).toContain(`Revision 2 of ${summary.pr_url}. Plan revision 1: `);
    expect(card.plan).toMatchObject({ change: { pr_url: summary.pr_url, revision: 2 } });
    expect(card.plan?.changes_since).toMatch(/^-task-1: create file[\s\S]*^\+task-1: append to/m);
    // Asked for again, nothing is told or begun twice.
    await ring(kind, page);
    // Nothing moves until a person of this server has said yes.
    expect((await branchesOf())[pull.head.branch]).toBe(summary.head_sha);
    const { plan_id = '' } = card;
    await chat.command('approve_plan', { session_id: sessionId, plan_id, approved: true });
    const { data: second } = await chat.update(
      sessionId,
      'summary',
      ({ head_sha }) => head_sha !== summary.head_sha,
    );
    expect(second).toMatchObject({
      outcome: 'pr_created',
      pr_number: 1,
      branch: summary.branch,
      base_sha: summary.head_sha,
    });
    expect(forge.pulls(name)).toHaveLength(1);
    expect(second.message).toContain('has revision 2 of the change');
    const { [pull.head.branch]: head, ...rest } = await branchesOf();
    expect([head, Object.keys(rest)]).toEqual([second.head_sha, ['main']]);
    const ours = pull.comments.filter(({ author }) => author === 'hil');
    expect(ours).toHaveLength(1);
    expect(ours[0]?.body).toMatch(
      /^\*\*Revision 2 of this change[\s\S]*plan hash[\s\S]*hil:revision=/,
    );

    pull.state = 'merged';
    await ring(kind, page);
    await heard('was merged');
    expect(await ring(kind, page)).toEqual([202, 0]);
    const lines = chat.of(sessionId, 'log').map(({ message }) => message);
    expect(lines.filter((line) => line.includes('bob on the'))).toHaveLength(1);
    expectNoGap(chat, sessionId);
  }, 300_000);

  it('delivers branch and patch when the forge can not be asked, and says so', async () => {
    const forge = forgeOf();
    const { name, url } = await serve(forge);
    const down = { kind: 'status', status: 403, when: 'before' } as const;
    forge.fail({ method: 'POST', path: /\/(pulls|merge_requests)$/, fault: down, times: 99 });
    const { summary } = await change(url);
    expect(summary.outcome).toBe('patch_ready');
    expect(summary.message).toMatch(/was pushed, but no (pull|merge) request could be opened/);
    expect(Object.keys(await forge.branches(name))).toHaveLength(2);
    expect(forge.pulls(name)).toEqual([]);
  }, 180_000);
});
