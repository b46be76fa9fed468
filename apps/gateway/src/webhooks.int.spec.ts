import { createHmac, randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { withGateway } from './testing/with-gateway.js';

const SECRET = 'the words both sides know';
const PAGE = 'https://github.example.org/Acme/Shop';
const stand = withGateway({ API_KEYS: 'dan:developer:dev', GITHUB_WEBHOOK_SECRET: SECRET });

async function ring(body: string, headers: Record<string, string>, forge = 'github') {
  const response = await fetch(`${stand.gateway.url}/api/webhooks/${forge}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  const answer = (await response.json()) as { data?: { pull_requests: number }; code?: string };
  return [response.status, answer.data?.pull_requests ?? answer.code];
}

const signed = (body: string, secret = SECRET) => ({
  'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
});
const body = JSON.stringify({ repository: { html_url: PAGE } });

/** A pull request that was opened for a run. */
async function opened(): Promise<string> {
  const runId = randomUUID();
  const change = await stand.backend.effects.changeRequest({
    runId,
    sessionId: randomUUID(),
    requestKey: runId,
    repository: 'https://github.example.org/acme/shop.git',
    baseBranch: 'main',
    branch: `feat/${runId}`,
  });
  await stand.backend.effects.update(change.id, { prNumber: 1, prUrl: `${PAGE}/pull/1` });
  return change.id;
}

describe('a webhook', () => {
  it('is heard with the signature of its body, and with no other', async () => {
    expect(await ring(body, {})).toEqual([401, 'unauthenticated']);
    expect(await ring(body, signed(body, 'guessed'))).toEqual([401, 'unauthenticated']);
    expect(await ring(`${body} `, signed(body))).toEqual([401, 'unauthenticated']);
    expect(await ring(body, { 'x-hub-signature-256': SECRET })).toEqual([401, 'unauthenticated']);
    expect(await ring(body, signed(body))).toEqual([202, 0]);
    expect(await ring('{"zen":"x"}', signed('{"zen":"x"}'))).toEqual([202, 0]);
  });

  it('is not there without a secret', async () => {
    const token = { 'x-gitlab-token': '' };
    expect(await ring(body, token, 'gitlab')).toEqual([404, 'not_found']);
  });

  it('makes the pull requests of its repository due, each for one worker, and nothing else', async () => {
    const [first, second] = [await opened(), await opened()];
    expect(await stand.backend.effects.due(0, 10)).toEqual([]);
    expect(await ring(body, signed(body))).toEqual([202, 2]);
    const taken = await Promise.all([
      stand.backend.effects.due(0, 1),
      stand.backend.effects.due(0, 10),
    ]);
    expect(
      taken
        .flat()
        .map(({ id }) => id)
        .sort(),
    ).toEqual([first, second].sort());
    expect(await stand.backend.effects.due(0, 10)).toEqual([]);
    await stand.backend.effects.update(first, { state: 'merged' });
    expect(await ring(body, signed(body))).toEqual([202, 1]);
  });

  it('is not needed where pull requests are looked at by the clock', async () => {
    const id = await opened();
    await stand.backend.effects.due(0, 10);
    expect((await stand.backend.effects.due(300, 10)).map((each) => each.id)).not.toContain(id);
    await stand.backend.database.pool.query(
      `UPDATE change_request SET updated_at = now() - interval '301 s' WHERE id = $1::uuid`,
      [id],
    );
    expect((await stand.backend.effects.due(300, 10)).map((each) => each.id)).toEqual([id]);
  });
});
