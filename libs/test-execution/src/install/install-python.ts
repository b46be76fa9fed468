import { join } from 'node:path';
import { readRepositoryFile } from '../detect/repository-files.js';
import { type Installation, type Installed } from './installation.js';
import { REPORTERS } from '../frameworks/reporters.js';

const SCRIPT = join(REPORTERS, 'python/hil_requirements.py');
/** Version plugins that read git history would fail: the tree under test has none. */
const VERSION_ENV = { SETUPTOOLS_SCM_PRETEND_VERSION: '0.1.0', PBR_VERSION: '0.1.0' };

/**
 * Makes a virtual environment outside the tree, unless the interpreter of this machine already meets
 * every requirement. Requirement files, dependency groups, the project itself (editable) with its
 * test extras, and pytest where it is missing; at the versions of a lock file where there is one.
 */
export async function installPython(installation: Installation): Promise<Installed> {
  const { suite, folder } = installation;
  const none = { readOnlyMounts: [], writableMounts: [], env: {} };
  const wanted = suite.framework === 'pytest' ? ['--pytest'] : [];
  const missing = await installation.execute(['python3', SCRIPT, 'check', ...wanted], {
    network: 'none',
    readOnly: [REPORTERS],
  });
  if (missing === null) {
    const message = 'The interpreter has everything the tests need; nothing was installed.';
    return { status: 'nothing_to_install', message, ...none };
  }
  const environment = join(folder, 'venv');
  const bin = join(environment, 'bin');
  const steps: [string, ...string[]][] = [
    ['python3', '-m', 'venv', environment],
    [join(bin, 'python3'), SCRIPT, 'install', ...wanted],
  ];
  for (const [index, argv] of steps.entries()) {
    const problem = await installation.execute(argv, {
      network: index === 0 ? 'none' : 'install',
      env: { ...VERSION_ENV, PIP_CACHE_DIR: '/tmp/pip-cache' },
      writable: [folder],
      readOnly: [REPORTERS],
    });
    if (problem === null) continue;
    const status = problem.startsWith("dependencies can't") ? 'not_run' : 'failed';
    const what = index === 0 ? 'Making a virtual environment' : 'pip install';
    return { status, message: `${what} failed: ${problem}`, ...none };
  }
  return {
    status: 'ready',
    message: `Installed with pip into a virtual environment${await versionsOf(environment)}.`,
    readOnlyMounts: [{ source: environment }],
    writableMounts: [],
    env: { VIRTUAL_ENV: environment },
  };
}

/** The lock file whose versions were installed, in words. */
async function versionsOf(environment: string): Promise<string> {
  const constraints = await readRepositoryFile(environment, 'hil-constraints.txt');
  const lock = /^# ([\w.]+)\n/.exec(constraints ?? '')?.[1];
  return lock === undefined ? '' : `, at the versions of ${lock}`;
}
