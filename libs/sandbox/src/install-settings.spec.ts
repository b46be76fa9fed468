import { describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  filterMavenSettings,
  filterNpmrc,
  pipEnvironment,
  readInstallSettings,
} from './install-settings.js';

describe('package-manager settings for the install phase', () => {
  it('keep registries and certificates of an npmrc and drop every credential', () => {
    const text = [
      'registry=https://bob:hunter2@npm.example.com/',
      '@acme:registry = https://npm.acme.example/',
      '//npm.example.com/:_authToken=npm_secret',
      '_auth=c2VjcmV0',
      '//npm.example.com/:_password=c2VjcmV0',
      'cafile=/etc/ssl/corp.pem',
      'proxy=${SECRET_PROXY}',
      '; registry=https://comment.example/',
    ].join('\n');
    expect(filterNpmrc(text).split('\n')).toEqual([
      'registry=https://npm.example.com/',
      '@acme:registry=https://npm.acme.example/',
      'cafile=/etc/ssl/corp.pem',
    ]);
  });

  it('turn a pip.conf into variables without user names', () => {
    const text =
      '[global]\nindex-url = https://u:p@pypi.example/simple\nextra-index-url =\n  https://a.example/s\n  https://x:y@b.example/s\n[list]\nformat = columns\n';
    expect(pipEnvironment(text)).toEqual({
      PIP_INDEX_URL: 'https://pypi.example/simple',
      PIP_EXTRA_INDEX_URL: 'https://a.example/s https://b.example/s',
    });
  });

  it('keep Maven mirrors and drop servers and proxy passwords', () => {
    const kept = filterMavenSettings(
      '<settings><servers><server><password>s3</password></server></servers><mirrors><mirror><url>https://m.example</url></mirror></mirrors><proxies><proxy><host>p</host><username>u</username><password>s3</password></proxy></proxies></settings>',
    );
    expect(kept).toContain('https://m.example');
    expect(kept).toContain('<host>p</host>');
    expect(kept).not.toMatch(/s3|username/);
  });

  it("let the operator's patience with a registry win over ours", async () => {
    const home = mkdtempSync(join(tmpdir(), 'hil-home-'));
    try {
      const seconds = async (env: NodeJS.ProcessEnv) =>
        [...(await readInstallSettings(env, home)).npmrc.matchAll(/^fetch-timeout=(.*)$/gm)].at(-1)?.[1]; // prettier-ignore
      expect(await seconds({ npm_config_fetch_timeout: '9000' })).toBe('9000');
      expect(await seconds({})).toBe('60000');
    } finally {
      rmSync(home, { recursive: true });
    }
  });

  it('pass no variable that is not on the list, and mount only named files', async () => {
    const home = mkdtempSync(join(tmpdir(), 'hil-home-'));
    try {
      const certificate = join(home, 'corp.pem');
      writeFileSync(certificate, 'x');
      mkdirSync(join(home, '.pip'));
      const settings = await readInstallSettings(
        {
          GITHUB_TOKEN: 'ghp_secret',
          NPM_TOKEN: 'npm_secret',
          HTTPS_PROXY: 'http://u:proxysecret@proxy.example:3128',
          NODE_EXTRA_CA_CERTS: certificate,
          PIP_FIND_LINKS: home,
        },
        home,
      );
      expect(JSON.stringify(settings)).not.toMatch(/ghp_secret|npm_secret|proxysecret/);
      expect(settings.env['HTTPS_PROXY']).toBe('http://proxy.example:3128');
      const sources = settings.mounts.map((mount) => mount.target);
      expect(sources).toContain(certificate);
      expect(sources).not.toContain(home);
    } finally {
      rmSync(home, { recursive: true });
    }
  });
});
