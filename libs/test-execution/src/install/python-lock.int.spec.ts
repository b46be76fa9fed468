import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type TemporaryDirectory, requireOrSkip, temporaryDirectory } from '@hil/testing';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { found } from '../spec-support/suites.js';

const run = promisify(execFile);
const SCRIPT = new URL('../../reporters/python/hil_requirements.py', import.meta.url).pathname;

/** Two versions of a package, in a folder that pip takes for an index. */
const WHEELS = `
import sys, zipfile
for version in ("1.0", "2.0"):
    info = "tiny-%s.dist-info" % version
    with zipfile.ZipFile("%s/tiny-%s-py3-none-any.whl" % (sys.argv[1], version), "w") as wheel:
        wheel.writestr("tiny.py", "version = %r\\n" % version)
        wheel.writestr(info + "/METADATA", "Metadata-Version: 2.1\\nName: tiny\\nVersion: %s\\n" % version)
        wheel.writestr(info + "/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(info + "/RECORD", "")
`;

/** Builds a package that has the version it is told, as plugins that read git history do. */
const BACKEND = `
import os, zipfile

def build_editable(directory, config_settings=None, metadata_directory=None):
    version = os.environ["SETUPTOOLS_SCM_PRETEND_VERSION"]
    name = "tiny-%s-py3-none-any.whl" % version
    info = "tiny-%s.dist-info" % version
    with zipfile.ZipFile(os.path.join(directory, name), "w") as wheel:
        wheel.writestr("tiny.py", "version = 'built as %s'\\n" % version)
        wheel.writestr(info + "/METADATA", "Metadata-Version: 2.1\\nName: tiny\\nVersion: %s\\n" % version)
        wheel.writestr(info + "/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(info + "/RECORD", "")
    return name
`;

const lock = (...packages: string[]): string =>
  `version = 1\n${packages.map((each) => `\n[[package]]\n${each}\n`).join('')}`;

requireOrSkip(
  'locked versions of Python',
  found.python3 !== undefined,
  'python3 not found',
)(() => {
  let folder: TemporaryDirectory;
  let project: string;
  let python: string;

  beforeAll(async () => {
    folder = await temporaryDirectory('hil-python-lock-');
    project = join(folder.path, 'project');
    await mkdir(project);
    await writeFile(join(project, 'requirements.txt'), 'tiny\n');
    await run('python3', ['-c', WHEELS, folder.path]);
    const environment = join(folder.path, 'venv');
    await run('python3', ['-m', 'venv', environment]);
    python = join(environment, 'bin/python3');
  }, 120_000);
  afterAll(() => folder.remove());

  async function script(what: 'check' | 'install'): Promise<{ code: number; stderr: string }> {
    const env = {
      ...process.env,
      SETUPTOOLS_SCM_PRETEND_VERSION: '0.1.0',
      PIP_NO_INDEX: '1',
      PIP_FIND_LINKS: folder.path,
    };
    try {
      const { stderr } = await run(python, [SCRIPT, what], { cwd: project, env });
      return { code: 0, stderr };
    } catch (error) {
      const { code, stderr } = error as { code: number; stderr: string };
      return { code, stderr };
    }
  }
  const installed = async (): Promise<string> =>
    (await run(python, ['-c', 'import tiny; print(tiny.version)'])).stdout.trim();
  const constraints = (): boolean => existsSync(join(folder.path, 'venv/hil-constraints.txt'));

  it('are installed rather than the newest, and what is there is held to them', async () => {
    await writeFile(
      join(project, 'uv.lock'),
      lock(
        'name = "project"\nversion = "0.1"\nsource = { virtual = "." }',
        'name = "Tiny"\nversion = "1.0"\nsource = { registry = "index" }\nresolution-markers = ["python_version >= \'3\'"]',
        'name = "tiny"\nversion = "0.9"\nsource = { registry = "index" }\nresolution-markers = ["python_version < \'3\'"]',
      ),
    );
    expect(await script('install')).toMatchObject({ code: 0 });
    expect(await installed()).toBe('1.0');
    expect(constraints()).toBe(true);
    expect(await script('check')).toMatchObject({ code: 0 });
    await writeFile(join(project, 'uv.lock'), lock('name = "tiny"\nversion = "2.0"'));
    expect(await script('check')).toMatchObject({ code: 3 });
  }, 120_000);

  it('that are not to be had are left aside, and that is said', async () => {
    await writeFile(join(project, 'uv.lock'), lock('name = "tiny"\nversion = "9.9"'));
    const { code, stderr } = await script('install');
    expect(code).toBe(0);
    expect(stderr).toContain('Installing at the locked versions failed; trying without them.');
    expect(constraints()).toBe(false);
  }, 120_000);

  it('of a project that takes its own from git are its last release', async () => {
    await rm(join(project, 'uv.lock'));
    await rm(join(project, 'requirements.txt'));
    await writeFile(
      join(project, 'pyproject.toml'),
      '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n\n[project]\nname = "tiny"\ndynamic = ["version"]\n',
    );
    await writeFile(join(project, 'backend.py'), BACKEND);
    expect(await script('install')).toMatchObject({ code: 0 });
    expect(await installed()).toBe('built as 2.0');
  }, 120_000);
});
