import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  dockerDaemonProblem,
  requireOrSkip,
  startDockerDaemon,
  type DockerDaemon,
} from '@hil/testing';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { BubblewrapDriver } from '../bubblewrap.driver.js';
import { DockerDriver } from '../docker/docker.driver.js';
import { imageForRepository } from '../docker/repository-image.js';
import { ProcessDriver } from '../process.driver.js';
import { type SandboxDriver } from '../sandbox.js';
import { selectSandbox } from '../select-sandbox.js';
import { ATTACKS, type Attack } from './attacks.js';
import { Battlefield, type Report } from './battlefield.js';
import { conduct } from './conduct.js';

jest.setTimeout(240_000);

const field = new Battlefield();
beforeAll(() => field.open());
afterAll(() => field.close());

/** What every attack has to leave behind: a result that says why, and an unchanged host. */
async function expectContained(attack: Attack, report: Report): Promise<void> {
  const { result, output } = report;
  const { enforced, unenforced } = result.sandbox;
  if (attack.limit !== undefined && !enforced.includes(attack.limit)) {
    // Nothing was promised; that it was not has to be in the result.
    expect(unenforced).toContain(attack.limit);
  } else {
    expect({ reason: result.reason, output: output.slice(-300) }).toMatchObject({
      reason: attack.reason ?? 'exited',
    });
    if (attack.reason !== undefined) expect(result.message).toMatch(/^The command /);
  }
  const promised = attack.limit === undefined || enforced.includes(attack.limit);
  if (attack.neverPrints && promised) expect(output).not.toMatch(attack.neverPrints);
  if (attack.bytes !== undefined) expect(output).toHaveLength(attack.bytes);
  if (attack.prints) expect(output).toMatch(attack.prints);
  expect(await field.changes()).toEqual([]);
}

function suite(driver: () => SandboxDriver): void {
  conduct(driver);

  // An ordinary user has no file of root to mount, and is not root to any.
  const ours = ATTACKS.filter(
    ({ limit }) => limit !== 'unprivileged_user' || process.getuid?.() === 0,
  );
  it.each(ours)('contains $name', async (attack) => {
    await expectContained(attack, await field.attack(driver(), attack));
  });

  it('ends every command of an id from anywhere', async () => {
    const running = field.attack(driver(), {
      name: 'sleeping',
      script: () => 'sleep 60',
      limits: { id: 'run-to-kill' },
    });
    let killed = 0;
    while (killed === 0) {
      await wait(200);
      killed = await driver().kill('run-to-kill');
    }
    expect((await running).result.reason).not.toBe('timeout');
    expect(await driver().kill('run-to-kill')).toBe(0);
  });

  it('keeps the host out of reach of installations too', async () => {
    const { result, output } = await field.attack(driver(), field.installAttack(), 'prepare');
    expect(result).toMatchObject({ reason: 'exited', exitCode: 0 });
    expect(output).not.toMatch(/reached/);
    expect(output).toMatch(/^done$/m);
    expect(result.sandbox.enforced).toEqual(
      expect.arrayContaining(['host_loopback', 'private_addresses']),
    );
  });
}

const bubblewrap = new BubblewrapDriver();
const probe = await bubblewrap.probe();
requireOrSkip('bubblewrap', probe.available, probe.reason ?? '')(() => suite(() => bubblewrap));

const problem = dockerDaemonProblem();
requireOrSkip(
  'docker',
  problem === null,
  problem ?? '',
)(() => {
  let daemon: DockerDaemon;
  let driver: DockerDriver;

  beforeAll(async () => {
    daemon = await startDockerDaemon();
    driver = new DockerDriver({ socketPath: daemon.socketPath });
    field.hide(daemon.socketPath);
    expect(await driver.probe()).toMatchObject({ available: true, unenforced: [] });
  });
  afterAll(() => daemon?.stop());

  suite(() => driver);

  it('is what auto takes, and bubblewrap where no container runs', async () => {
    const before = process.env['DOCKER_HOST'];
    try {
      process.env['DOCKER_HOST'] = `unix://${daemon.socketPath}`;
      const { driver: taken, tried } = await selectSandbox({ mode: 'auto' });
      expect(taken?.name).toBe('docker');
      expect(tried).toEqual([{ name: 'docker', available: true }]);
      // An image that is not there: the daemon answers, and no container runs.
      const image = 'example.org/team/gone:1';
      const other = await selectSandbox({ mode: 'auto', image });
      expect(other.driver?.name).toBe('bubblewrap');
      expect(other.tried[0]).toMatchObject({ name: 'docker', available: false });
      expect(other.tried[0]?.reason).toContain(`docker pull ${image}`);
    } finally {
      if (before === undefined) delete process.env['DOCKER_HOST'];
      else process.env['DOCKER_HOST'] = before;
    }
  });

  it('runs in the image that the repository names', async () => {
    await daemon.docker('tag', 'hil-sandbox:node', 'example.org/team/own:1');
    const workspace = mkdtempSync(join(tmpdir(), 'hil-named-'));
    writeFileSync(join(workspace, '.hil.yml'), 'sandbox: {image: "example.org/team/own:1"}\n');
    const { image } = await imageForRepository(workspace, { repositoryImages: true });
    const { result } = await field.attack(driver, { name: '', script: () => 'true', limits: { image } }); // prettier-ignore
    expect(result).toMatchObject({ exitCode: 0, reason: 'exited' });
    await daemon.docker('rmi', 'example.org/team/own:1');
    const gone = await field.attack(driver, { name: '', script: () => 'true', limits: { image } });
    expect(gone.result.message).toContain('example.org/team/own:1 not found');
    rmSync(workspace, { recursive: true });
  });

  it('knows the exit code of commands that end at once', async () => {
    for (let n = 0; n < 12; n += 1) {
      const { result } = await field.attack(driver, { name: '', script: () => `exit ${n % 3}` });
      expect(result).toMatchObject({ reason: 'exited', exitCode: n % 3 });
    }
  });

  it('says how to get an image that is not there, and never pulls one', async () => {
    const run = (image: string) =>
      field.attack(driver, { name: '', script: () => 'true', limits: { image } });
    const own = (await run('hil-sandbox:java')).result;
    expect(own).toMatchObject({ reason: 'failed_to_start' });
    expect(own.message).toContain('npm run sandbox:images -- java');
    const foreign = (await run('example.org/team/tools:1')).result;
    expect(foreign.message).toContain('docker pull example.org/team/tools:1');
  });

  it('finds the toolchains of the image', async () => {
    const { found, fingerprint } = await driver.toolchains();
    expect(found).toMatchObject({ node: '/usr/local/bin/node', npm: '/usr/local/bin/npm' });
    expect(fingerprint).toMatch(/^sha256:/);
  });

  it('removes the containers of a runner that was killed, and no other', async () => {
    const options = ['create', '--label', 'dev.hil.sandbox=1'];
    const place = (await daemon.docker('ps', '-aq')).trim();
    expect(place).toBe('');
    await daemon.docker(
      ...options,
      '--label',
      'dev.hil.sandbox.deadline=1',
      'hil-sandbox:node',
      'true',
    );
    const future = `dev.hil.sandbox.deadline=${Date.now() + 600_000}`;
    const alive = await daemon.docker(...options, '--label', future, 'hil-sandbox:node', 'true');
    expect(await driver.reap()).toBe(1);
    expect((await daemon.docker('ps', '-aq', '--no-trunc')).trim()).toBe(alive.trim());
    await daemon.docker('rm', alive.trim());
  });

  it('leaves no container, volume or network', async () => {
    expect(await daemon.docker('ps', '-aq')).toBe('');
    expect(await daemon.docker('volume', 'ls', '-q')).toBe('');
  });
});

describe('a plain process, and why it needs approval', () => {
  const driver = new ProcessDriver();
  it.each(ATTACKS.filter(({ shownUnsandboxed }) => shownUnsandboxed))(
    'does not stop $name',
    async (attack) => {
      const { result, output } = await field.attack(driver, attack);
      expect(result.reason).toBe('exited');
      expect(result.sandbox.driver).toBe('process');
      expect(output).toMatch(attack.neverPrints ?? /^$/);
      await field.repair();
    },
  );
});
