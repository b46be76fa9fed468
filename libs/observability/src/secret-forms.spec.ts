import { describe, expect, it } from '@jest/globals';
import { createLogger, redactSecretForms } from './index.js';

/** Every secret here is put together at run time: this file holds none. */
describe('redactSecretForms', () => {
  const body = 'a1B2'.repeat(24);
  it.each([
    ['a cloud key', `id = ${'AKIA'}${'ABCDEFGHIJKLMNOP'}`],
    ['a forge token', `token: ${'ghp'}_${'a1B2'.repeat(9)}`],
    ['a model key', `${'sk'}-ant-${'abc123DEF'.repeat(4)}`],
    ['a password in a URL', 'postgres://app:s3cr3t-pass@db/x'],
    ['a private key', '-----BEGIN RSA PRIVATE KEY-----\nMIIB\nabc\n-----END RSA PRIVATE KEY-----'],
    ['the beginning of a private key', '-----BEGIN PRIVATE KEY-----\nMIIB\nabc'],
    ['a bearer', `curl -H 'Authorization: Bearer ${body}'`],
    ['a JSON Web Token after a prefix', `token-eyJ${body}.eyJ${body}.${body}`],
    ['a large JSON Web Token', `eyJ${body}.eyJ${body.repeat(99)}.${body}`],
    ['basic credentials', `Authorization: Basic ${body}`],
    [
      'a webhook',
      `https://hooks.slack.com/services/${'T0'}ABCDEFGHIJKLMNOP/${'B0'}ABCDEFGH/${body}`,
    ],
  ])('masks %s', (_what, text) => {
    const masked = redactSecretForms(`before ${text}' after`);
    expect(masked).toMatch(/^before .*\[redacted\].*' after$/s);
    expect(masked).not.toMatch(/ABCDEFGHIJKLMNOP|a1B2a1B2|abc123DEF|s3cr3t|MIIB/);
  });

  it.each([
    'const sk = task.id; // https://example.org:443/a@b and skill-set-of-things',
    'class="sk-ant-design-navigation-bar-with-2-columns"',
    'headers.authorization = `Bearer ${token}`;',
    'Authorization: Basic authentication is refused',
    '{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFb","e":"AQAB"}',
  ])('leaves %s alone', (text) => expect(redactSecretForms(text)).toBe(text));

  it.each([
    ['in quotes', '"-----BEGIN PRIVATE KEY-----\nMIIB"', '"[redacted]"'],
    ['before a backslash', '-----BEGIN PRIVATE KEY-----\nMIIB\\', '[redacted]\\'],
    ['in JSON', JSON.stringify({ key: '-----BEGIN PRIVATE KEY-----\nMIIB"x' }), '{"key":"[redacted]\\"x"}'], // prettier-ignore
    ['before an escaped quote', '-----BEGIN PRIVATE KEY-----\nMIIB\\\\\\"', '[redacted]\\\\\\"'],
  ])('leaves the log JSON when a key without an end stands %s', (_what, said, masked) => {
    expect(logged({ said })).toMatchObject({ said: masked, msg: 'an answer' });
  });

  it.each([
    ['a private JSON Web Key', { kty: 'OKP', d: body }],
    ['a private JSON Web Key, its type last', { k: body, kty: 'oct' }],
    ['basic credentials', { Authorization: `Basic ${body}` }],
  ])('masks %s in a string that holds JSON, also of JSON', (_what, secret) => {
    const once = JSON.stringify(secret);
    const masked = once.replace(body, '[redacted]');
    expect(logged({ once, twice: JSON.stringify({ once }) })).toMatchObject({
      once: masked,
      twice: JSON.stringify({ once: masked }),
    });
  });

  it.each(['glpat-', 'xoxb-', 'sk-ant-', 'eyJ-'])(
    'reads a text that repeats %s and holds no secret in time that grows with its length alone',
    (start) => {
      const text = start.repeat(400_000 / start.length);
      expect(redactSecretForms(`${text}/`).endsWith(`${start}/`)).toBe(true);
    },
  );

  it('guards the log, whose lines stay JSON', () => {
    const said = `"Authorization: Bearer ${body}"`;
    expect(logged({ url: `https://a:${body}@b`, said })).toMatchObject({
      url: 'https://a:[redacted]@b',
      said: '"Authorization: Bearer [redacted]"',
      msg: 'an answer',
    });
  });
});

/** What the line in the log says. */
function logged(fields: Record<string, string>): unknown {
  const lines: string[] = [];
  const destination = { write: (line: string) => lines.push(line) };
  createLogger({ name: 'x', destination }).info(fields, 'an answer');
  return JSON.parse(lines[0] ?? '');
}
