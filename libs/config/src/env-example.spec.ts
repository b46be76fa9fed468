import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { envExample } from './env-example.js';
import { environmentNames } from './environment.js';
import { loadConfig } from './load-config.js';

describe('.env.example', () => {
  it('is what the schema generates (else: npm run env-example -w @hil/config)', () => {
    const file = readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8');
    expect(file).toBe(envExample());
  });

  it('describes every name in one line', () => {
    for (const entry of environmentNames()) expect(entry.description).toMatch(/^.{10,100}$/);
  });

  it('names defaults that the schema itself arrives at', () => {
    const uncommented = parseEnv(envExample().replaceAll(/^#([A-Z])/gm, '$1'));
    const options = { cwd: '/', envFile: 'absent.env', shape: 'embedded' } as const;
    const env = uncommented as Record<string, string>;
    expect(loadConfig({ ...options, env })).toEqual(loadConfig({ ...options, env: {} }));
  });
});
