import { join } from 'node:path';
import { COVERAGE_FOLDER } from './line-coverage/read-coverage.js';
import { callSuite } from './frameworks/call-suite.js';
import { type FrameworkCall } from './frameworks/framework-call.js';
import { type RunSuiteOptions } from './suite.js';

/** The command of a suite as it runs inside: with the interpreter and PATH of its installation. */
export async function prepareCall(
  { suite, driver, image, dependencies, first, only, coverage }: RunSuiteOptions,
  root: string,
  results: string,
): Promise<FrameworkCall> {
  const { path, found } = await driver.toolchains(image);
  const installed = dependencies?.env ?? {};
  const venv = installed['VIRTUAL_ENV'];
  const call = callSuite({
    suite,
    workspace: root,
    path: venv ? [join(venv, 'bin'), ...path] : path,
    results,
    installed,
    python: venv ? join(venv, 'bin/python3') : (found.python3 ?? 'python3'),
    first: first ?? [],
    only: only ?? null,
    ...(coverage === true ? { coverage: join(results, COVERAGE_FOLDER) } : {}),
  });
  return venv === undefined || call.env['PATH'] !== undefined
    ? call
    : { ...call, env: { ...call.env, PATH: [join(venv, 'bin'), ...path].join(':') } };
}
