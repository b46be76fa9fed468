import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { FakeForge, temporaryDirectory } from '@hil/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  ProcessSampler,
  databaseText,
  filesWith,
  gitObjects,
  spellings,
} from '../support/credential-search.js';
import { small } from '../support/repositories.js';
import { approve, startRun } from '../support/run.js';
import { standalone } from '../support/standalone.shape.js';
import { World } from '../support/world.js';

const CLI = fileURLToPath(new URL('../../apps/cli/dist/main.js', import.meta.url));
const run = promisify(execFile);
/** Is in the change, so a search that works finds it where a secret would be found. */
const CANARY = 'canary-of-the-credential-search';
const MESSAGE = `create file NOTES.md with:\n\`\`\`\n${CANARY}\n\`\`\``;

const app = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

let github: FakeForge;
let gitlab: FakeForge;
let world: World;
let gitlabToken: string;

beforeAll(async () => {
  [github, gitlab] = await Promise.all([FakeForge.start(), FakeForge.start()]);
  const appId = github.addApp('hil-app', app.publicKey, ['acme/by-app']);
  gitlabToken = gitlab.addUser('hil');
  const { GITHUB_HOST = '', GITHUB_API_URL = '' } = github.githubSettings('');
  world = await World.start(standalone, {
    GITHUB_HOST,
    GITHUB_API_URL,
    GITHUB_APP_ID: String(appId),
    GITHUB_APP_PRIVATE_KEY: app.privateKey.replaceAll('\n', '\\n'),
    ...gitlab.gitlabSettings(gitlabToken),
    REPO_ALLOWED_HOSTS: `${github.host},${gitlab.host}`,
  });
}, 180_000);
afterAll(async () => {
  await world.stop();
  await Promise.all([github.close(), gitlab.close()]);
});

/** A whole run on a private repository: it can be cloned and pushed to with credentials only. */
async function deliver(forge: FakeForge, name: string) {
  const repository = await world.local(small());
  const url = forge.addRepository({
    owner: 'acme',
    name,
    bare: repository.bare,
    private: true,
    collaborators: { hil: 'write' },
  });
  // Long enough for the process that pushes to be met.
  forge.faults.beforePush = () => new Promise((resolve) => setTimeout(resolve, 1_000));
  const sampler = new ProcessSampler();
  const chat = await world.open();
  const started = await startRun(chat, { message: MESSAGE, repo_url: url });
  await approve(chat, started);
  const summary = await chat.summary(started.sessionId);
  return { summary, commands: await sampler.stop(), runId: started.runId };
}

describe('credentials of a whole run', () => {
  it('are in no argument, table, event, file, git dir, log or answer, in any spelling', async () => {
    const byApp = await deliver(github, 'by-app');
    const byToken = await deliver(gitlab, 'by-token');
    for (const { summary } of [byApp, byToken]) expect(summary.outcome).toBe('pr_created');
    expect(github.pulls('acme/by-app')).toMatchObject([{ author: 'hil-app[bot]' }]);

    const issued = [...github.state.tokens.keys()];
    expect(issued.length).toBeGreaterThan(0);
    // The middle of the key, in its PEM and as the bytes behind it.
    const key = app.privateKey.split('\n')[5] ?? '';
    const secrets = [gitlabToken, ...issued, key].flatMap(spellings);
    const holds = (text: string): string[] => secrets.filter((secret) => text.includes(secret));

    const commands = [...byApp.commands, ...byToken.commands];
    expect(commands.some((each) => /git.* (fetch|ls-remote) /.test(each))).toBe(true);
    expect(commands.some((each) => /git.* push /.test(each))).toBe(true);
    expect(commands.flatMap(holds)).toEqual([]);

    const [dataDir = ''] = world.deployment.dataDirs;
    const tables = await databaseText(dataDir);
    const leaks = [...tables].filter(([, text]) => holds(text).length > 0).map(([name]) => name);
    expect(leaks).toEqual([]);
    expect(tables.get('public.event')).toContain(CANARY);
    expect(tables.get('artifact bytes')).toContain(CANARY);

    expect(holds(await gitObjects(dataDir))).toEqual([]);
    expect(await filesWith(dataDir, secrets)).toEqual([]);
    // Its write-ahead log has it, so the search of the disk reads what it should.
    expect(await filesWith(dataDir, [CANARY])).not.toEqual([]);
    expect(holds(world.deployment.log())).toEqual([]);
    for (const forge of [github, gitlab]) {
      const said = forge.pulls().map(({ title, body }) => `${title}\n${body}`);
      expect(said.flatMap(holds)).toEqual([]);
    }
  }, 300_000);

  it('went to the host they belong to, and nowhere along a redirect', async () => {
    const thief = await FakeForge.start();
    try {
      const repository = await world.local(small());
      const url = gitlab.addRepository({
        owner: 'acme',
        name: 'moved',
        bare: repository.bare,
        private: true,
        collaborators: { hil: 'write' },
      });
      gitlab.faults.redirectTo = thief.origin;
      const chat = await world.open();
      const started = await startRun(chat, { message: MESSAGE, repo_url: url });
      const summary = await chat.summary(started.sessionId);
      expect(summary.outcome).toBe('failed');
      expect(thief.authorizations).toEqual([]);
      const theirs = github.authorizations.join('\n');
      expect(spellings(gitlabToken).some((each) => theirs.includes(each))).toBe(false);
    } finally {
      gitlab.calm();
      await thief.close();
    }
  }, 120_000);

  it('leave a record that the command line verifies without the server', async () => {
    const folder = await temporaryDirectory('hil-record-');
    try {
      const { summary } = await deliver(gitlab, 'recorded');
      const [record, keyFile] = [join(folder.path, 'run.json'), join(folder.path, 'key.json')];
      for (const [path, file] of [
        [summary.record_url ?? '', record],
        ['/api/record-key', keyFile],
      ] as const) {
        const response = await fetch(`${world.deployment.http}${path}`);
        expect(response.status).toBe(200);
        await writeFile(file, await response.text());
      }
      const verify = (...args: string[]) =>
        run(process.execPath, [CLI, 'verify-record', ...args]).then(
          ({ stdout }) => ({ code: 0, stdout }),
          (error: { code: number; stdout: string }) => error,
        );
      const good = await verify(record, '--key', keyFile);
      expect(good.stdout).toMatch(/is intact[\s\S]*approved by[\s\S]*signed by the given key/);
      expect(good.stdout).toContain(summary.pr_url);
      const foreign = generateKeyPairSync('ed25519').publicKey;
      const otherKey = join(folder.path, 'other.pem');
      await writeFile(otherKey, foreign.export({ type: 'spki', format: 'pem' }));
      const refused = await verify(record, '--key', otherKey);
      expect(refused).toMatchObject({
        code: 1,
        stdout: expect.stringContaining('not the one given'),
      });
      await writeFile(record, (await readFile(record, 'utf8')).replace(CANARY, 'something else'));
      expect(await verify(record, '--key', keyFile)).toMatchObject({
        code: 1,
        stdout: expect.stringContaining('NOT what was signed'),
      });
    } finally {
      await folder.remove();
    }
  }, 180_000);
});
