import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { serverUrl } from './server-url.js';

describe('the server that is looked for', () => {
  let checkout: string;
  beforeEach(async () => {
    checkout = await mkdtemp(join(tmpdir(), 'hil-cli-'));
  });
  afterEach(() => rm(checkout, { recursive: true }));

  it('is at port 5001 of this machine', () => {
    expect(serverUrl(checkout, {})).toBe('http://127.0.0.1:5001');
  });

  it('is at the PORT of .env, as for the server, unless the environment has another', async () => {
    await writeFile(join(checkout, '.env'), 'LOG_LEVEL=info\nPORT=5002\n');
    expect(serverUrl(checkout, {})).toBe('http://127.0.0.1:5002');
    expect(serverUrl(checkout, { PORT: ' ' })).toBe('http://127.0.0.1:5002');
    expect(serverUrl(checkout, { PORT: '5003' })).toBe('http://127.0.0.1:5003');
  });

  it('is the one that HIL_URL names', () => {
    const env = { HIL_URL: 'https://hil.example', PORT: '5003' };
    expect(serverUrl(checkout, env)).toBe('https://hil.example');
    expect(serverUrl(checkout, { ...env, HIL_URL: '' })).toBe('http://127.0.0.1:5003');
  });
});
