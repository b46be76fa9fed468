import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { loadConfig } from '@hil/config';
import { SigningKey } from '@hil/run-record';
import { requireOrSkip, temporaryDirectory, type TemporaryDirectory } from '@hil/testing';

const root = new URL('../../', import.meta.url);
const page = readFileSync(new URL('docs/deployment.md', root), 'utf8');
const compose = readFileSync(new URL('docker-compose.yml', root), 'utf8');
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

requireOrSkip(
  'the first commands of docs/deployment.md',
  hasOpenssl,
  'no openssl',
)(() => {
  let folder: TemporaryDirectory;
  beforeAll(async () => {
    folder = await temporaryDirectory();
  });
  afterAll(() => folder.remove());

  it('write an .env with all that Compose demands, and a key for run records', () => {
    const [script = ''] = /^cat >> \.env <<EOF\n[^]*?^EOF\n/m.exec(page) ?? [];
    execFileSync('sh', ['-c', script], { cwd: folder.path });

    const demanded = new Set([...compose.matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name));
    const written = readFileSync(`${folder.path}/.env`, 'utf8');
    expect(demanded.size).toBe(3);
    for (const name of demanded) expect(written).toMatch(new RegExp(`^${name}=.+`, 'm'));
    const { auth, records } = loadConfig({ cwd: folder.path, shape: 'embedded', env: {} });
    expect(auth.apiKeys).toHaveLength(1);
    expect(SigningKey.fromPem(records.signingKey ?? '').id).toMatch(/^[0-9a-f]{32}$/);
  });
});
