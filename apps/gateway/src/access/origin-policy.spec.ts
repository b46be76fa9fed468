import { describe, expect, it } from '@jest/globals';
import { type RequestSource, judgeOrigin } from './origin-policy.js';

const source = (more: Partial<RequestSource>): RequestSource => ({
  method: 'GET',
  scheme: 'http',
  host: '127.0.0.1:5001',
  origin: undefined,
  fetchSite: undefined,
  fetchMode: undefined,
  fetchDest: undefined,
  ...more,
});
const closed = { origins: [], loopback: true };
const allowed = (
  more: Partial<RequestSource>,
  rules = closed as Parameters<typeof judgeOrigin>[1],
) => judgeOrigin(source(more), rules).allowed;

describe('judgeOrigin', () => {
  it('lets clients pass that send no Origin', () => {
    expect(allowed({})).toBe(true);
  });

  it.each(['127.0.0.1:5001', 'localhost', 'LOCALHOST:1', '[::1]:5001', '127.0.0.2'])(
    'takes %s as a name of this machine',
    (host) => expect(allowed({ host })).toBe(true),
  );

  it.each([
    'evil.example:5001',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '10.0.0.1',
    '',
    'localhost:x',
    undefined,
  ])('refuses the Host %s on a loopback server, so that a rebound name leads nowhere', (host) =>
    expect(allowed({ host })).toBe(false),
  );

  it('takes any Host on a server for others', () => {
    expect(allowed({ host: 'hil.example' }, { origins: [], loopback: false })).toBe(true);
  });

  it('takes its own origin, with scheme, name and port', () => {
    expect(allowed({ origin: 'http://127.0.0.1:5001' })).toBe(true);
    expect(allowed({ host: 'localhost', origin: 'http://localhost:80' })).toBe(true);
    expect(
      allowed(
        { host: 'hil.example', origin: 'https://hil.example', scheme: 'https' },
        { origins: [], loopback: false },
      ),
    ).toBe(true);
  });

  it.each([
    'http://evil.example',
    'http://127.0.0.1:5002',
    'https://127.0.0.1:5001',
    'http://localhost:5001',
    'null',
    'file://',
    '',
    'http://127.0.0.1:5001.evil.example',
  ])('refuses the Origin %p', (origin) => expect(allowed({ origin })).toBe(false));

  it('takes listed origins and names them for CORS', () => {
    const rules = { origins: ['https://App.example'], loopback: true };
    expect(judgeOrigin(source({ origin: 'https://app.example' }), rules)).toEqual({
      allowed: true,
      cors: 'https://app.example',
    });
    expect(allowed({ origin: 'https://other.example' }, rules)).toBe(false);
    expect(allowed({ origin: 'null' }, { origins: ['*'], loopback: true })).toBe(true);
  });

  it.each(['cross-site', 'same-site'])('refuses %s requests without an Origin', (fetchSite) => {
    expect(allowed({ fetchSite, fetchMode: 'no-cors', fetchDest: 'image' })).toBe(false);
    expect(allowed({ fetchSite, fetchMode: 'navigate', fetchDest: 'iframe' })).toBe(false);
    expect(
      allowed({ fetchSite, method: 'POST', fetchMode: 'navigate', fetchDest: 'document' }),
    ).toBe(false);
    expect(allowed({ fetchSite })).toBe(false);
  });

  it('lets a link lead here', () => {
    expect(allowed({ fetchSite: 'cross-site', fetchMode: 'navigate', fetchDest: 'document' })).toBe(
      true,
    );
    expect(allowed({ fetchSite: 'same-origin', fetchMode: 'cors' })).toBe(true);
  });
});
