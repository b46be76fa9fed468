import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ConfigError, loadConfig, secretValues, type LoadConfigOptions } from './index.js';

const cwd = mkdtempSync(join(tmpdir(), 'hil-config-'));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

function load(env: Record<string, string>, options: Partial<LoadConfigOptions> = {}) {
  return loadConfig({ env, cwd, envFile: 'absent.env', shape: 'embedded', ...options });
}

function problems(env: Record<string, string>, options: Partial<LoadConfigOptions> = {}) {
  try {
    load(env, options);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.join('\n');
    throw error;
  }
  return 'none';
}

describe('loadConfig', () => {
  it('needs no variable at all for the embedded shape', () => {
    const config = load({});
    expect(config.http).toEqual({ port: 5001, host: '127.0.0.1', loopback: true });
    expect(config.auth.mode).toBe('none');
    expect(config.repositories.allowLocalPaths).toBe(true);
    expect(config.sandbox.driver).toBe('auto');
    expect(config.agent).toMatchObject({
      maxRetries: 2,
      timeoutSeconds: 3600,
      approvalTtlSeconds: 604800,
      approvalRequired: true,
      maxImpactedFiles: 5,
    });
    expect(config.dataDir).toBe(join(cwd, '.hil'));
    expect(config.model.name).toBeUndefined();
    expect(config.github.apiUrl).toBe('https://api.github.com');
  });

  it('reads .env and lets the environment win over it', () => {
    writeFileSync(join(cwd, 'a.env'), 'PORT=6001\nLOG_LEVEL=debug\nLLM_MODEL="openai:gpt-5"\n');
    const config = load({ PORT: '7001' }, { envFile: 'a.env' });
    expect(config.http.port).toBe(7001);
    expect(config.logLevel).toBe('debug');
    expect(config.model.name).toBe('openai:gpt-5');
  });

  it('lets .env speak where the environment is empty', () => {
    writeFileSync(join(cwd, 'b.env'), 'PORT=6002\n');
    expect(load({ PORT: '' }, { envFile: 'b.env' }).http.port).toBe(6002);
  });

  it.each([
    ['true', true],
    ['1', true],
    ['Yes', true],
    ['false', false],
    ['0', false],
    ['NO', false],
    ['', false],
  ])('reads the boolean %j as %s', (value, expected) => {
    expect(load({ REPO_ALLOW_HTTP: value }).repositories.allowHttp).toBe(expected);
  });

  it('reports every problem at once, one line each, also those across names', () => {
    const text = problems({
      PORT: 'http',
      LOG_LEVEL: 'loud',
      REPO_ALLOW_HTTP: 'perhaps',
      HOST: '0.0.0.0',
      DATABASE_URL: 'mysql://hil:hunter22@db/hil',
    });
    expect(text.split('\n').map((line) => line.split(':')[0])).toEqual([
      'PORT',
      'DATABASE_URL',
      'REPO_ALLOW_HTTP',
      'LOG_LEVEL',
      'AUTH_MODE',
    ]);
    expect(text).toContain('PORT: must be a whole number from 0 to 65535, and is "http"');
    expect(text).not.toContain('hunter22');
  });

  it('prints as one message a person can act on', () => {
    expect(() => load({ PORT: '99999' })).toThrow(
      /^The configuration has a problem:\n {2}PORT: .*\nCorrect them/,
    );
  });

  it('refuses AUTH_MODE=none unless HOST is loopback', () => {
    expect(problems({ HOST: '0.0.0.0' })).toMatch(/^AUTH_MODE: none is allowed only on a loopback/);
    for (const HOST of ['localhost', '127.0.0.1', '127.8.9.1', '::1']) {
      expect(problems({ HOST })).toBe('none');
    }
    expect(problems({ HOST: '127.0.0.1.example.org' })).toMatch(/^AUTH_MODE/);
  });

  it('reads API_KEYS and refuses broken ones without showing a secret', () => {
    const good = { AUTH_MODE: 'api-key', HOST: '0.0.0.0' };
    expect(load({ ...good, API_KEYS: 'ann:admin:s1:with:colons, bob:viewer:s2' }).auth).toEqual({
      mode: 'api-key',
      apiKeys: [
        { name: 'ann', role: 'admin', secret: 's1:with:colons' },
        { name: 'bob', role: 'viewer', secret: 's2' },
      ],
    });
    expect(problems(good)).toBe(
      'API_KEYS: is required by AUTH_MODE=api-key (name:role:secret,...)',
    );
    const owner = problems({ ...good, API_KEYS: 'ann:owner:topsecret' });
    expect(owner).toContain('the role of "ann" must be one of viewer');
    expect(owner).not.toContain('topsecret');
    expect(problems({ ...good, API_KEYS: 'ann:admin' })).toContain('entry 1 is not name:role:');
    expect(problems({ ...good, API_KEYS: 'a:admin:x,b:viewer:x' })).toContain('another entry');
    expect(problems({ ...good, API_KEYS: 'a:admin:x,a:viewer:y' })).toContain('two roles');
  });

  it('says that oidc is not available yet', () => {
    expect(problems({ AUTH_MODE: 'oidc' })).toContain('AUTH_MODE: oidc is not available yet');
  });

  it('allows local paths by default only where HOST is loopback', () => {
    const open = { HOST: '0.0.0.0', AUTH_MODE: 'api-key', API_KEYS: 'a:admin:secret' };
    expect(load(open).repositories.allowLocalPaths).toBe(false);
    expect(load({ ...open, REPO_ALLOW_LOCAL_PATHS: 'yes' }).repositories.allowLocalPaths).toBe(
      true,
    );
  });

  it('takes the limits that a sandbox must enforce, and refuses names it does not know', () => {
    expect(load({}).sandbox.require).toEqual([]);
    expect(load({ SANDBOX_REQUIRE: 'Memory, disk' }).sandbox.require).toEqual(['memory', 'disk']);
    expect(problems({ SANDBOX_REQUIRE: 'memory,gravity' })).toMatch(
      /^SANDBOX_REQUIRE: "gravity" is not one of /,
    );
  });

  it('takes USE_DOCKER_FOR_TESTS for SANDBOX=docker and refuses a contradiction', () => {
    expect(load({ USE_DOCKER_FOR_TESTS: 'true' }).sandbox.driver).toBe('docker');
    expect(problems({ USE_DOCKER_FOR_TESTS: 'true', SANDBOX: 'process' })).toMatch(/^SANDBOX: /);
  });

  it('requires PostgreSQL and Redis for the scaled shape', () => {
    const text = problems({}, { shape: 'scaled', role: 'worker' });
    expect(text).toMatch(/^DATABASE_URL: is required.*\nREDIS_URL: is required/);
  });

  it('lets a worker boot without access rules, on 0.0.0.0 by default', () => {
    const config = load(
      { DATABASE_URL: 'postgresql://u:p@db/hil', REDIS_URL: 'redis://r:6379' },
      { shape: 'scaled', role: 'worker' },
    );
    expect(config.http.host).toBe('0.0.0.0');
    expect(config.queue.redisUrl).toBe('redis://r:6379');
  });

  it('makes another server the GitHub', () => {
    const github = { GITHUB_HOST: '127.0.0.1:9000' };
    expect(load(github).github.apiUrl).toBe('https://127.0.0.1:9000/api/v3');
    expect(
      load({ ...github, GITHUB_API_URL: 'http://127.0.0.1:9000/api/v3/' }).github,
    ).toMatchObject({ host: '127.0.0.1:9000', apiUrl: 'http://127.0.0.1:9000/api/v3' });
    expect(problems({ GITHUB_HOST: 'https://github.com' })).toContain('must be a host');
  });

  it('reads lists of hosts and origins', () => {
    const config = load({
      REPO_ALLOWED_HOSTS: 'Git.example.org, 127.0.0.1:9000',
      WEBSOCKET_CORS_ORIGINS: 'https://hil.example.org',
    });
    expect(config.repositories.allowedHosts).toEqual(['git.example.org', '127.0.0.1:9000']);
    expect(config.websocket.origins).toEqual(['https://hil.example.org']);
    expect(problems({ WEBSOCKET_CORS_ORIGINS: '*' })).toContain('any web page');
    expect(problems({ WEBSOCKET_CORS_ORIGINS: 'hil.example.org' })).toContain('not an origin');
  });

  it('restores the line breaks of a one-line private key', () => {
    const pem = load({ GITHUB_APP_ID: '7', GITHUB_APP_PRIVATE_KEY: 'a\\nb' }).github;
    expect(pem).toMatchObject({ appId: 7, appPrivateKey: 'a\nb' });
    expect(problems({ GITHUB_APP_ID: '7' })).toContain('GITHUB_APP_PRIVATE_KEY');
  });
});

describe('secretValues', () => {
  it('lists keys, tokens and the passwords inside URLs', () => {
    const values = secretValues(
      load({
        AUTH_MODE: 'api-key',
        API_KEYS: 'ann:admin:key-of-ann',
        DATABASE_URL: 'postgresql://hil:pass%40word@db/hil',
        GITHUB_TOKEN: 'token-of-github',
        OPENAI_API_KEY: 'key-of-openai',
      }),
    );
    expect(values.sort()).toEqual(
      ['key-of-ann', 'pass%40word', 'pass@word', 'token-of-github', 'key-of-openai'].sort(),
    );
  });
});
