import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { openPullRequest } from '../index.js';
import { ForgeStand, WANTED } from '../testing/forge-stand.js';

let stand: ForgeStand;
beforeAll(async () => {
  stand = await ForgeStand.open();
});
afterAll(() => stand.close());
afterEach(() => expect(stand.calm()).toEqual([]));

describe.each(['github', 'gitlab'] as const)('%s', (kind) => {
  it('keeps what people wrote around our text, and a text that is not ours', async () => {
    const { address, name } = stand.serve();
    const found = await stand.driver(kind, address);
    await openPullRequest(found, WANTED);
    const [pull] = stand.forge.pulls(name);
    if (pull === undefined) throw new Error('no pull request');
    pull.body = `a person's words\n\n${pull.body}`;
    await openPullRequest(found, { ...WANTED, body: WANTED.body.replace('what', 'all') });
    expect(pull.body).toContain("a person's words");
    expect(pull.body).toContain('all it does');
    pull.body = 'opened by hand';
    expect((await openPullRequest(found, WANTED)).how).toBe('found');
    expect(pull.body).toBe('opened by hand');
  });

  it('goes on with the one it is in, also when a person pointed it at another base', async () => {
    const { address, name } = stand.serve();
    const found = await stand.driver(kind, address);
    const { pull } = await openPullRequest(found, WANTED);
    const [kept] = stand.forge.pulls(name);
    if (kept === undefined) throw new Error('no pull request');
    kept.base = 'develop';
    const again = { ...WANTED, title: 'feat: y', known: pull.number };
    expect(await openPullRequest(found, again)).toMatchObject({
      how: 'updated',
      pull: { number: pull.number, base: 'develop', title: 'feat: y' },
    });
    expect(stand.forge.pulls(name)).toHaveLength(1);
    // One that is gone is not waited for.
    const gone = await openPullRequest(found, { ...WANTED, known: 999 });
    expect(gone.how).toBe('created');
  });

  describe('makes exactly one', () => {
    const FAULTS = [
      ['a 502 after it was made', { kind: 'status', status: 502, when: 'after' }],
      ['a 502 before anything was done', { kind: 'status', status: 502, when: 'before' }],
      ['a connection reset after it was made', { kind: 'reset', when: 'after' }],
      ['a connection reset before', { kind: 'reset', when: 'before' }],
      ['a rate limit', { kind: 'rate_limit', retryAfterSeconds: 1 }],
    ] as const;

    it.each(FAULTS)('with %s', async (_, fault) => {
      const { address, name } = stand.serve();
      stand.forge.fail({ method: 'POST', path: /\/(pulls|merge_requests)$/, fault });
      const { pull } = await openPullRequest(await stand.driver(kind, address), WANTED);
      expect(pull).toMatchObject({ number: 1, state: 'open' });
      expect(stand.forge.pulls(name)).toHaveLength(1);
      const made = stand.forge
        .seen('POST', /\/(pulls|merge_requests)$/)
        .filter(({ path }) => path.includes(encodeURIComponent(name)) || path.includes(name));
      expect(made.filter(({ status }) => status === 201)).toHaveLength(1);
    });

    it('by two workers at once', async () => {
      const { address, name } = stand.serve();
      stand.forge.fail({
        method: 'POST',
        path: /\/(pulls|merge_requests)$/,
        fault: { kind: 'delay', ms: 60 },
        times: 2,
      });
      const both = await Promise.all(
        [1, 2].map(async () => openPullRequest(await stand.driver(kind, address), WANTED)),
      );
      expect(new Set(both.map(({ pull }) => pull.number))).toEqual(new Set([1]));
      expect(stand.forge.pulls(name)).toHaveLength(1);
    });

    it('and gives up without another create when it can not look', async () => {
      const { address, name } = stand.serve();
      const found = await stand.driver(kind, address);
      const path = /\/(pulls|merge_requests)$/;
      const posts = stand.forge.seen('POST', path).length;
      stand.forge.fail({ method: 'POST', path, fault: { kind: 'reset', when: 'after' } });
      const unreachable = { kind: 'status', status: 500, when: 'before' } as const;
      stand.forge.fail({ method: 'GET', path, fault: unreachable, after: 1, times: 99 });
      await expect(openPullRequest(found, WANTED)).rejects.toMatchObject({ failure: 'uncertain' });
      expect(stand.forge.seen('POST', path).length - posts).toBe(1);
      expect(stand.forge.pulls(name)).toHaveLength(1);
    });
  });
});

describe('what GitHub alone refuses', () => {
  it('opens a ready one where drafts are not to be had', async () => {
    const { address, name } = stand.serve({ drafts: false });
    const { pull } = await openPullRequest(await stand.driver('github', address), WANTED);
    expect(pull.draft).toBe(false);
    expect(stand.forge.pulls(name)).toHaveLength(1);
  });
});
