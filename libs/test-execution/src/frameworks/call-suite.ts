import { posix } from 'node:path';
import picomatch from 'picomatch';
import { parseJUnitXml } from '../results/junit-xml.js';
import { tapOrJUnit } from './tap-or-junit.js';
import { type TestFramework } from '../suite.js';
import { dotnetCall, gradleCall, mavenCall } from './build-tools.js';
import { type CallSetting, type FrameworkCall } from './framework-call.js';
import { cargoCall, goCall } from './native-tools.js';
import { nodeCall } from './node-frameworks.js';
import { environment, pytestCall, unittestCall } from './python-frameworks.js';

const CALLS: Record<TestFramework, (setting: CallSetting) => FrameworkCall> = {
  jest: nodeCall,
  vitest: nodeCall,
  mocha: nodeCall,
  ava: nodeCall,
  'node:test': nodeCall,
  'npm test': nodeCall,
  pytest: pytestCall,
  unittest: unittestCall,
  tox: pythonScriptCall,
  nox: pythonScriptCall,
  maven: mavenCall,
  gradle: gradleCall,
  dotnet: dotnetCall,
  go: goCall,
  cargo: cargoCall,
  command: commandCall,
};

/** How a suite is called inside, with what reports its results added. */
export function callSuite(setting: CallSetting): FrameworkCall {
  return CALLS[setting.suite.framework](setting);
}

/** Frameworks that can run single tests again; the others only whole. */
export function canSelect(framework: TestFramework): boolean {
  return !['npm test', 'tox', 'nox', 'command'].includes(framework);
}

function pythonScriptCall(setting: CallSetting): FrameworkCall {
  const call = commandCall(setting);
  return { ...call, env: environment(setting) };
}

/** A line of the repository's own: results from the JUnit XML it leaves, else from TAP, else its exit code. */
function commandCall({ suite }: CallSetting): FrameworkCall {
  const argv: [string, ...string[]] = ['sh', '-c', suite.script ?? 'true'];
  const env = { CI: 'true' };
  if (suite.junit === undefined) return { argv, env, results: tapOrJUnit() };
  const isReport = picomatch(suite.junit.map((glob) => posix.join(suite.cwd, glob)));
  return {
    argv,
    env,
    results: {
      from: 'xml',
      reports: { in: 'workspace', isReport: (path) => isReport(path), parse: parseJUnitXml },
    },
  };
}
