import { join, posix } from 'node:path';
import { type TestCase, type TestSuite } from '../suite.js';
import { type CallSetting, type FrameworkCall, SEPARATOR } from './framework-call.js';
import { PYTHON_REPORTERS } from './reporters.js';

/** pytest, with a plugin of ours by `-p`. */
export function pytestCall(setting: CallSetting): FrameworkCall {
  const { suite, only, coverage } = setting;
  const argv: [string, ...string[]] = [
    setting.python,
    '-m',
    'pytest',
    '-p',
    'hil_pytest',
    // No cache folder in the repository; installed folders are read-only.
    '-p',
    'no:cacheprovider',
    '--continue-on-collection-errors',
    ...suite.command.slice(3),
    ...(only === null ? [] : only.map((test) => nodeId(suite, test))),
  ];
  return {
    argv:
      coverage === undefined
        ? argv
        : [setting.python, join(PYTHON_REPORTERS, 'hil_coverage.py'), coverage, ...argv.slice(1)],
    env: environment(setting),
    results: { from: 'reporter' },
  };
}

/** unittest, through a runner of ours with the arguments of the standard one. */
export function unittestCall(setting: CallSetting): FrameworkCall {
  const { suite, only } = setting;
  const wanted =
    only === null
      ? ['discover', ...suite.command.slice(4)]
      : only.map(({ name }) => name.replaceAll(SEPARATOR, '.'));
  return {
    argv: [setting.python, join(PYTHON_REPORTERS, 'hil_unittest.py'), ...wanted],
    env: environment(setting),
    results: { from: 'reporter' },
  };
}

function nodeId(suite: TestSuite, { file = '', name }: TestCase): string {
  const path = posix.relative(suite.cwd, file);
  return name === 'the test file' ? path : `${path}::${name.split(SEPARATOR).join('::')}`;
}

export function environment({ suite, workspace, first }: CallSetting): Record<string, string> {
  const folder = posix.join(workspace, suite.cwd);
  return {
    // A src layout is importable even where nothing had to be installed.
    PYTHONPATH: `${PYTHON_REPORTERS}:${posix.join(folder, 'src')}`,
    PYTHONDONTWRITEBYTECODE: '1',
    PY_COLORS: '0',
    ...(first.length === 0
      ? {}
      : { HIL_FIRST: first.map((one) => posix.join(workspace, one)).join('\n') }),
  };
}
