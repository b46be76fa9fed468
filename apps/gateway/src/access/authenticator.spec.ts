import { describe, expect, it } from '@jest/globals';
import { Authenticator } from './authenticator.js';

const keys = new Authenticator({
  mode: 'api-key',
  apiKeys: [
    { name: 'ann', role: 'viewer', secret: 'view-me' },
    { name: 'bob', role: 'admin', secret: 'pass:word' },
  ],
});

describe('Authenticator', () => {
  it('knows only one user, who may do all, when AUTH_MODE is none', () => {
    const open = new Authenticator({ mode: 'none', apiKeys: [] });
    expect(open.fromHeaders({})).toEqual({ id: 'local', role: 'admin' });
  });

  it('reads a key from either header', () => {
    expect(keys.fromHeaders({ authorization: 'bearer view-me' })).toEqual({
      id: 'ann',
      role: 'viewer',
    });
    expect(keys.fromHeaders({ 'x-api-key': 'pass:word' })).toEqual({ id: 'bob', role: 'admin' });
  });

  it('tells a missing key from a wrong one', () => {
    expect(keys.fromHeaders({})).toBeNull();
    for (const token of ['', 'view-m', 'view-me2', 'VIEW-ME']) {
      expect(() => keys.fromToken(token)).toThrow(
        expect.objectContaining({ code: 'unauthenticated' }),
      );
    }
  });

  it('takes HTTP Basic only where it is asked to', () => {
    const authorization = `Basic ${Buffer.from('anyone:pass:word').toString('base64')}`;
    expect(keys.fromHeaders({ authorization })).toBeNull();
    expect(keys.fromHeaders({ authorization }, { basic: true })).toEqual({
      id: 'bob',
      role: 'admin',
    });
  });

  it('lets nobody in by a mode that has no keys', () => {
    const oidc = new Authenticator({ mode: 'oidc', apiKeys: [] });
    expect(oidc.fromHeaders({})).toBeNull();
    expect(() => oidc.fromToken('x')).toThrow();
  });
});
