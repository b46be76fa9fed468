import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { timed } from './timed.mjs';

/** Below bench/, so that git does not see it. */
const FOLDER = join(import.meta.dirname, '../../.work/python-oracles');

/**
 * The interpreter of a virtual environment that has these packages (`name==version`), made at first use.
 * @throws when there is no python3 with venv (Debian: python3-venv)
 */
export function pythonWith(...packages) {
  const interpreter = join(FOLDER, 'bin/python');
  if (spawnSync('python3', ['-m', 'venv', '--help']).status !== 0)
    throw new Error('no python3 with venv (Debian: python3-venv)');
  if (!existsSync(interpreter)) timed('python3', ['-m', 'venv', FOLDER]);
  const quiet = ['--quiet', '--disable-pip-version-check'];
  timed(interpreter, ['-m', 'pip', 'install', ...quiet, ...packages]);
  return interpreter;
}
