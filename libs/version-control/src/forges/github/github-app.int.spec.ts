import { generateKeyPairSync } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Forges, openPullRequest } from '../../index.js';
import { ForgeStand, signal, WANTED } from '../../testing/forge-stand.js';

let stand: ForgeStand;
beforeAll(async () => {
  stand = await ForgeStand.open();
});
afterAll(() => stand.close());
afterEach(() => expect(stand.calm()).toEqual([]));

describe('a GitHub App', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });

  it('asks for a token of its installation on that repository, and gives git the same', async () => {
    const { address, name } = stand.serve({ private: true, collaborators: {} });
    const appId = stand.forge.addApp('hil-app', publicKey, [name]);
    const issued: string[] = [];
    const forges = new Forges({
      github: {
        host: stand.forge.host,
        apiUrl: stand.forge.apiUrl,
        credentials: { kind: 'app', appId, privateKey },
        onToken: (each) => issued.push(each),
      },
    });
    const found = await forges.of(address, signal);
    if (found === null || address.kind !== 'remote') throw new Error('no forge');
    const { pull } = await openPullRequest(found, WANTED);
    expect(stand.forge.pulls(name)).toMatchObject([
      { number: pull.number, author: 'hil-app[bot]' },
    ]);
    const git = await forges.credentialsFor(address, signal);
    expect(git).toEqual({ username: 'x-access-token', password: issued[0] });
    expect(issued).toHaveLength(1);
  });

  it('has no credentials for other repositories and other hosts', async () => {
    const { address } = stand.serve();
    const appId = stand.forge.addApp('hil-app', publicKey, []);
    const forges = new Forges({
      github: {
        host: stand.forge.host,
        apiUrl: stand.forge.apiUrl,
        credentials: { kind: 'app', appId, privateKey },
      },
      gitlab: { url: 'https://gitlab.example', token: 'x' },
    });
    if (address.kind !== 'remote') throw new Error('local');
    expect(await forges.credentialsFor(address, signal)).toBeUndefined();
    const elsewhere = { host: 'evil.example', url: 'https://evil.example/a/b' };
    expect(await forges.credentialsFor(elsewhere, signal)).toBeUndefined();
    expect(await forges.of({ kind: 'remote', key: 'k', ...elsewhere }, signal)).toBeNull();
  });
});
