import { FakeForge, plainGit } from '@hil/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { SMALL_CHANGE, small } from '../support/repositories.js';
import { approve, startRun } from '../support/run.js';
import { standalone } from '../support/standalone.shape.js';
import { World } from '../support/world.js';

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
