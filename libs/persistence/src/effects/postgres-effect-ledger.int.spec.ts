import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RunWorld } from '../run-storage/testing/run-world.js';
import { PostgresEffectLedger } from './postgres-effect-ledger.js';

let world: RunWorld;
let ledger: PostgresEffectLedger;
beforeAll(async () => {
  world = await RunWorld.open();
  ledger = new PostgresEffectLedger(world.database);
}, 120_000);
afterAll(() => world.close());

/** What a run of a request wants; each run would make a branch of its own. */
function wantedIn(repository: string, requestKey = 'a'.repeat(64)) {
  const runId = randomUUID();
  const branch = `feat/${runId}`;
  return { runId, sessionId: randomUUID(), requestKey, repository, baseBranch: 'main', branch };
}

/** An open pull request that a run made. */
async function opened(repository: string) {
  const change = await ledger.changeRequest(wantedIn(repository));
  await ledger.update(change.id, { prNumber: 1, prUrl: `${repository}/pull/1` });
  return change;
}

describe('the ledger of effects', () => {
  it('finds the pull request of a request that is sent again', async () => {
    const repository = 'https://git.example.org/acme/again';
    const change = await opened(repository);
    const again = wantedIn(repository);
    expect(await ledger.changeRequest(again)).toMatchObject({
      id: change.id,
      branch: change.branch,
      lastRunId: again.runId,
    });
  });

  it('gives a request sent again a branch of its own once another went on with the first', async () => {
    const repository = 'https://git.example.org/acme/followed';
    const change = await opened(repository);
    const followUp = { ...wantedIn(repository, 'b'.repeat(64)), id: change.id };
    expect(await ledger.changeRequest(followUp)).toMatchObject({ id: change.id });
    const again = wantedIn(repository);
    expect(await ledger.changeRequest(again)).toMatchObject({
      runId: again.runId,
      branch: again.branch,
      prNumber: null,
    });
    // A further attempt at the follow-up, and at the first run, goes on where it was.
    expect(await ledger.changeRequest(followUp)).toMatchObject({ id: change.id });
    const first = { ...wantedIn(repository), runId: change.runId };
    expect(await ledger.changeRequest(first)).toMatchObject({ id: change.id });
  });

  it.each([
    ['https://git.example.org/acme/isomorphic-git', 'https://git.example.org/acme/isomorphic-git'],
    ['https://git.example.org/acme/shop.git', 'https://git.example.org/Acme/Shop'],
  ])('is asked for a look at %s by its page', async (repository, page) => {
    await opened(repository);
    expect(await ledger.askForLook(page)).toBe(1);
    expect(await ledger.askForLook('https://git.example.org/acme/isomorphic')).toBe(0);
  });
});
