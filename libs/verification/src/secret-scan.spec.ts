import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { findSecrets, type ChangedFile } from './index.js';

/** Letters and digits that look random, put together at run time: this file holds no secret. */
function random(length: number, alphabet = 'aZ3kQ9xW1mT7pLf5RbY2hVc8NdJ4gUs6'): string {
  return Array.from({ length }, (_, i) => alphabet[(i * 7 + (i >> 2)) % alphabet.length]).join('');
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function added(path: string, ...lines: string[]): ChangedFile {
  const body = lines.map((line) => `+${line}`).join('\n');
  const diff = `--- a/${path}\n+++ b/${path}\n@@ -10,1 +10,${lines.length + 1} @@\n context\n${body}\n`;
  return { path, status: 'modified', diff };
}

const privateKey = generateKeyPairSync('rsa', { modulusLength: 1024 })
  .privateKey.export({ type: 'pkcs1', format: 'pem' })
  .toString();
const UPPER = 'QZ7VRSK5TJN2XMPLWGYB3DFH6C4A';
const PLANTED: [string, string[]][] = [
  ['a GitHub token', [`token: ${'gh'}p_${random(36)}`]],
  ['a fine-grained GitHub token', [`const t = '${'github'}_pat_${random(22)}_${random(59)}'`]],
  ['a GitLab token', [`GITLAB=${'gl'}pat-${random(20)}`]],
  ['an AWS access key id', [`key = ${'AK'}IA${UPPER.slice(0, 16)}`]],
  ['an AWS secret access key', [`${'AWS_SECRET'}_ACCESS_KEY=${random(40)}`]],
  ['a Slack token', [`slack = "${'xo'}xb-123456789012-123456789012-${random(24)}"`]],
  ['an npm token', [`//registry/:_authToken=${'np'}m_${random(36)}`]],
  ['a private key', privateKey.split('\n')],
  ['a password in a URL', [`url = "${'postgres'}://admin:${random(18)}@db.internal:5432/app"`]],
  ['a Stripe key', [`pay("${'sk'}_live_${random(24)}")`]],
  ['a SendGrid key', [`mail("${'SG'}.${random(22)}.${random(43)}")`]],
  ['an Anthropic key', [`ask("${'sk'}-ant-api03-${random(93)}AA")`]],
  ['a Docker token', [`login -p ${'dckr'}_pat_${random(27)}`]],
  ['a JSON Web Token', [`jwt ${'ey'}J${random(20)}.${'ey'}J${random(40)}.${random(43)}`]],
  ['an OpenAI project key', [`ask("${'sk'}-proj-${random(48)}_${random(48)}")`]],
  ['an OpenAI key of old', [`ask("${'sk'}-${random(20)}T3BlbkFJ${random(20)}")`]],
  ['a Hugging Face token', [`login("${'hf'}_${random(34)}")`]],
  ['a bare bearer', [`curl -H "Authorization: Bearer ${random(40)}"`]],
  ['bare basic credentials', [`Authorization: Basic ${base64(`ann:${random(18)}`)}`]],
  ['a Discord webhook', [`https://${'discord'}.com/api/webhooks/123456789012345678/${random(68)}`]],
  [
    'a Slack webhook',
    [
      `https://hooks.${'slack'}.com/services/T0${UPPER.slice(0, 9)}/B0${UPPER.slice(9, 18)}/${random(24)}`,
    ],
  ],
  ['a 1Password service token', [`op ${'ops'}_eyJ${random(200)}`]],
  [
    'a 1Password secret key',
    [
      `${'A3'}-${UPPER.slice(0, 6)}-${UPPER.slice(6, 17)}-${UPPER.slice(0, 5)}-${UPPER.slice(5, 10)}-${UPPER.slice(10, 15)}`,
    ],
  ],
  ['a GitLab runner token', [`register ${'gl'}rt-${random(20)}`]],
  ['a Google API key', [`maps?key=${'AI'}za${random(35)}`]],
  ['a Google client secret', [`secret: ${'GOC'}SPX-${random(28)}`]],
  ['a restricted Stripe key', [`pay("${'rk'}_live_${random(24)}")`]],
  ['an Azure storage key', [`AccountName=a;${'Account'}Key=${random(86)}==;EndpointSuffix=core`]],
  ['a PyPI token', [`twine -p ${'pypi'}-AgEIcHlwaS5vcmc${random(70)}`]],
  ['a private JSON Web Key', [`{"kty":"EC","crv":"P-256","d":"${random(43)}"}`]],
  ['a random value of a secret name', [`  apiKey: "${random(32)}",`]],
];

const LOOK_ALIKES: [string, string][] = [
  ['a commit id', 'const sha = "9fceb02d0ae598e95dc970b74767f19372d61af8";'],
  ['a UUID', 'token: "123e4567-e89b-42d3-a456-426614174000"'],
  [
    'an integrity hash',
    '"integrity": "sha512-q8vCFrEa0Xk1mVZ7f6kJ2+Zt1dQzYh3Yq0XnUoW0q7E3bqkQbX3m7A=="',
  ],
  ['a read from the environment', 'const token = process.env.GITHUB_TOKEN;'],
  ['a placeholder', 'API_KEY = "your-api-key-goes-here-123456"'],
  ['a template', 'password: "${{ secrets.DATABASE_PASSWORD_2 }}"'],
  ['a documented example key', `aws_access_key_id = ${'AK'}IAIOSFODNN7EXAMPLE`],
  ['a public key', '-----BEGIN PUBLIC KEY-----'],
  ['an SSH public key', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGq0dFhC3v1sE0bJ1q7h ann@host'],
  ['a sentence about passwords', 'const password = "please-enter-your-password-here";'],
  ['a connection without a password', 'DATABASE_URL=postgresql://localhost:5432/app'],
  ['a class in kebab case', 'class="sk-ant-design-pro-navigation-bar-with-2-columns"'],
  ['a function of Hugging Face', 'hf_hub_download_with_progress_of_2_files_at_once()'],
  ['a bearer from a variable', 'Authorization: `Bearer ${session.accessToken2}`'],
  ['a bearer to be filled in', 'curl -H "Authorization: Bearer <your-token-1234567890>"'],
  ['a sentence about basic authentication', 'Authorization: Basic authentication is refused'],
  ['basic credentials of an RFC', `Authorization: Basic ${base64('Aladdin:open sesame')}`],
  [
    'a webhook to be filled in',
    `https://hooks.slack.com/services/T00000000/B00000000/${'X'.repeat(24)}`,
  ],
  [
    'a webhook that is a variable',
    'https://discord.com/api/webhooks/${DISCORD_ID}/${DISCORD_TOKEN}',
  ],
  ['an npm token from the environment', '//packages.example.org/:_authToken=${NPM_TOKEN}'],
  ['a published key of a documentation', `stripe("${'sk'}_test_${'4eC39HqLyjWDarjt'}T1zdp7dc")`],
  ['a publishable key', `stripe("${'pk'}_live_${random(24)}")`],
  [
    'the key of the storage emulator',
    `AccountKey=${'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1'}${random(54)}==`,
  ],
  ['a public JSON Web Key', `{"kty":"RSA","n":"${random(86)}","e":"AQAB"}`],
  ['a checksum of a secret name', `tokenHash: "d41d8cd98f00b204e9800998ecf8427e"`],
];

describe('findSecrets', () => {
  it.each(PLANTED)('finds %s at its line and never shows it', async (_, lines) => {
    const findings = await findSecrets({ files: [added('src/a.ts', 'harmless()', ...lines)] });
    expect(findings.length).toBeGreaterThan(0);
    expect(findings[0]).toMatchObject({ where: 'src/a.ts', line: 12 });
    const shown = JSON.stringify(findings);
    for (const word of lines.join(' ').split(/[\s"'=:@]+/)) {
      if (word.length > 15) expect(shown).not.toContain(word);
    }
  });

  it.each(LOOK_ALIKES)('leaves %s alone', async (_, line) => {
    expect(await findSecrets({ files: [added('src/a.ts', line)] })).toEqual([]);
  });

  const token = `${'gh'}p_${random(36)}`;

  it('looks at added lines only', async () => {
    const diff = `@@ -1,3 +1,2 @@\n context ${token}\n-old ${token}\n still\n`;
    expect(await findSecrets({ files: [{ path: 'a', status: 'modified', diff }] })).toEqual([]);
  });

  it('is not switched off by a comment in the repository', async () => {
    const files = [added('a.ts', '// secretlint-disable', token, '// secretlint-disable-line')];
    expect(await findSecrets({ files })).toHaveLength(1);
  });

  it('reads commit messages and pull request text', async () => {
    const texts = [{ name: 'commit message', text: `feat: x\n\nwith ${token}` }];
    expect(await findSecrets({ files: [], texts })).toMatchObject([
      { where: 'commit message', line: 3 },
    ]);
  });

  it('finds values of our own configuration whatever they look like', async () => {
    const files = [added('a.ts', 'say("correct horse")')];
    expect(await findSecrets({ files, knownSecrets: ['correct horse'] })).toMatchObject([
      { line: 11, kind: 'own configuration' },
    ]);
  });
});
