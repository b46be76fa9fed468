import { fileURLToPath } from 'node:url';
import { join, posix } from 'node:path';
import { type TestSuite } from './suite.js';

/** Our reporters: plain files beside the code, mounted read-only in every run. */
export const REPORTERS = fileURLToPath(new URL('../reporters', import.meta.url));
const PYTHON_REPORTERS = join(REPORTERS, 'python');

export interface SuiteCommand {
  argv: [string, ...string[]];
  env: Record<string, string>;
  /** False when results have to be read from the output. */
  reports: boolean;
}

/** How a suite is called inside, with our reporter added; `workspace` is its path there. */
export function suiteCommand(suite: TestSuite, workspace: string, path: string): SuiteCommand {
  const folder = posix.join(workspace, suite.cwd);
  switch (suite.framework) {
    case 'pytest':
      return {
        // No cache folder in the repository; installed folders are read-only.
        argv: [
          'python3',
          '-m',
          'pytest',
          '-p',
          'hil_pytest',
          '-p',
          'no:cacheprovider',
          '--continue-on-collection-errors',
        ],
        env: pythonEnvironment(folder),
        reports: true,
      };
    case 'unittest':
      return {
        argv: ['python3', join(PYTHON_REPORTERS, 'hil_unittest.py'), 'discover'],
        env: pythonEnvironment(folder),
        reports: true,
      };
    default: {
      const { script, args } = nodeCall(suite);
      return {
        argv: ['sh', '-c', `${script} "$@"`, 'sh', ...args],
        env: {
          PATH: `${binFolders(workspace, suite.cwd).join(':')}:${path}`,
          CI: 'true',
          npm_lifecycle_event: 'test',
          NO_COLOR: '1',
        },
        reports: suite.framework !== 'npm test',
      };
    }
  }
}

function nodeCall(suite: TestSuite): { script: string; args: string[] } {
  const script = suite.script ?? 'npm test';
  switch (suite.framework) {
    case 'jest':
      return {
        script,
        args: [
          '--reporters=default',
          `--reporters=${join(REPORTERS, 'jest-reporter.cjs')}`,
          '--cacheDirectory=/tmp/jest',
          '--coverage=false',
        ],
      };
    case 'vitest':
      return {
        script: script.replace(/\bvitest(?!\s+(?:run|bench|related|--run))/, 'vitest run'),
        args: ['--reporter=default', `--reporter=${join(REPORTERS, 'vitest-reporter.mjs')}`],
      };
    case 'mocha':
      return { script, args: ['--reporter', join(REPORTERS, 'mocha-reporter.cjs')] };
    case 'node:test': {
      // Node takes options only before the first file.
      const reporter = join(REPORTERS, 'node-test-reporter.mjs');
      const options = [
        '--test-reporter=spec',
        '--test-reporter-destination=stdout',
        `--test-reporter='${reporter}'`,
        '--test-reporter-destination=stderr',
      ];
      const at = script.lastIndexOf(' --test');
      const end = at + ' --test'.length;
      return {
        script: `${script.slice(0, end)} ${options.join(' ')}${script.slice(end)}`,
        args: [],
      };
    }
    default:
      return { script, args: [] };
  }
}

/** node_modules/.bin of the package and of every folder above it, as npm sets PATH. */
function binFolders(workspace: string, cwd: string): string[] {
  const folders: string[] = [];
  for (let folder = cwd; ; folder = posix.dirname(folder)) {
    folders.push(posix.join(workspace, folder, 'node_modules/.bin'));
    if (folder === '.') return folders;
  }
}

function pythonEnvironment(folder: string): Record<string, string> {
  return {
    // A src layout is importable even where nothing had to be installed.
    PYTHONPATH: `${PYTHON_REPORTERS}:${posix.join(folder, 'src')}`,
    PYTHONDONTWRITEBYTECODE: '1',
    PY_COLORS: '0',
  };
}
