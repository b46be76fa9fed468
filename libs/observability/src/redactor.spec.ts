import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { createRedactor, redactStream } from './index.js';

const SECRET = 's3cr3t/value+with"quote';

describe('createRedactor', () => {
  const redactor = createRedactor([SECRET, 'another-secret']);

  it('masks every occurrence of every secret', () => {
    expect(redactor.redact(`a ${SECRET} b another-secret c ${SECRET}`)).toBe(
      'a [redacted] b [redacted] c [redacted]',
    );
  });

  it.each([0, 1, 2, 3, 4])('masks base64 with %i bytes in front', (offset) => {
    const header = Buffer.from(`${'x'.repeat(offset)}${SECRET}:tail`);
    for (const encoding of ['base64', 'base64url'] as const) {
      const masked = redactor.redact(`Authorization: Basic ${header.toString(encoding)}`);
      expect(masked).toContain('[redacted]');
      const left = masked.replace('Authorization: Basic ', '').split('[redacted]');
      for (const part of left) {
        expect(Buffer.from(part, encoding).toString('latin1')).not.toContain('cr3t');
      }
    }
  });

  it('masks the forms inside JSON and URLs', () => {
    const json = JSON.stringify({ key: SECRET });
    expect(redactor.redact(json)).toBe('{"key":"[redacted]"}');
    expect(redactor.redact(`?key=${encodeURIComponent(SECRET)}`)).toBe('?key=[redacted]');
  });

  it('masks each long line of a private key', () => {
    const line = 'MIIEpAIBAAKCAQEA'.repeat(3);
    const pem = createRedactor([`-----BEGIN KEY-----\n${line}\nshort\n-----END KEY-----\n`]);
    expect(pem.redact(`line: ${line}`)).toBe('line: [redacted]');
    expect(pem.redact('-----BEGIN KEY-----')).toBe('-----BEGIN KEY-----');
  });

  it('masks the longer of two secrets of which one begins the other', () => {
    expect(createRedactor(['token', 'token-long']).redact('token-long token')).toBe(
      '[redacted] [redacted]',
    );
  });

  it('ignores values too short to be secrets', () => {
    expect(createRedactor(['', 'a', 'hil']).redact('a hil of beans')).toBe('a hil of beans');
  });

  it('learns secrets later, also for chunks in progress', () => {
    const late = createRedactor();
    const chunks = late.chunks();
    expect(chunks.push('issued ')).toBe('issued ');
    late.add('late-token');
    expect(chunks.push('late-') + chunks.push('token.') + chunks.end()).toBe('[redacted].');
  });
});

describe('redactStream', () => {
  const redactor = createRedactor([SECRET, 'pässwört-ü']);
  const source = Buffer.from(`begin ${SECRET} mid pässwört-ü end ${SECRET.slice(0, 5)}`);

  it.each([1, 2, 3, 5, 7, 11, 1000])('finds secrets cut every %i bytes', async (size) => {
    const pieces: Buffer[] = [];
    for (let at = 0; at < source.length; at += size) pieces.push(source.subarray(at, at + size));
    const masked = await text(Readable.from(pieces).pipe(redactStream(redactor)));
    expect(masked).toBe(`begin [redacted] mid [redacted] end ${SECRET.slice(0, 5)}`);
  });

  it('holds back only what may be the beginning of a secret', () => {
    const chunks = redactor.chunks();
    expect(chunks.push('a line\n')).toBe('a line\n');
    expect(chunks.push('next s3cr')).toBe('next ');
    expect(chunks.push('ax')).toBe('s3crax');
  });
});
