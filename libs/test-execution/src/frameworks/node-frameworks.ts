import { join, posix } from 'node:path';
import { type TestFramework } from '../suite.js';
import {
  type CallSetting,
  type FrameworkCall,
  SEPARATOR,
  exactly,
  filesOf,
} from './framework-call.js';
import { REPORTERS } from './reporters.js';
import { tapOrJUnit } from './tap-or-junit.js';

type NodeCall = (setting: CallSetting) => { script: string; args: string[] };

const jest: NodeCall = ({ suite, only, first, coverage }) => {
  const args = [
    '--reporters=default',
    `--reporters=${join(REPORTERS, 'jest-reporter.cjs')}`,
    '--cacheDirectory=/tmp/jest',
  ];
  if (coverage === undefined) args.push('--coverage=false');
  else
    args.push('--coverage', `--coverageDirectory=${coverage}`, '--coverageReporters=json',
      '--coverageThreshold={}'); // prettier-ignore
  if (first.length > 0) args.push(`--testSequencer=${join(REPORTERS, 'jest-sequencer.cjs')}`);
  if (only !== null)
    args.push(`--testNamePattern=${exactly(only.map(({ name }) => name))}`,
      '--runTestsByPath', ...filesOf(suite, only)); // prettier-ignore
  return { script: suite.script ?? 'jest', args };
};

const vitest: NodeCall = ({ suite, only, coverage }) => {
  const script = (suite.script ?? 'vitest').replace(
    /\bvitest(?!\s+(?:run|bench|related|--run))/,
    'vitest run',
  );
  const args = ['--reporter=default', `--reporter=${join(REPORTERS, 'vitest-reporter.mjs')}`];
  if (coverage === undefined) args.push('--coverage.enabled=false');
  else
    args.push('--coverage.enabled=true', `--coverage.reportsDirectory=${coverage}`,
      '--coverage.reporter=json', '--coverage.clean=false'); // prettier-ignore
  if (only !== null) {
    args.push(
      `--testNamePattern=${exactly(only.map(({ name }) => name))}`,
      ...filesOf(suite, only),
    );
  }
  return { script, args };
};

const mocha: NodeCall = ({ suite, only }) => {
  const args = ['--reporter', join(REPORTERS, 'mocha-reporter.cjs')];
  if (only !== null) args.push('--grep', exactly(only.map(({ name }) => name)));
  return { script: suite.script ?? 'mocha', args };
};

/** AVA has no reporter of one's own; its TAP stream names every test as it ends. */
const ava: NodeCall = ({ suite, only }) => {
  const args = ['--tap'];
  for (const { name } of only ?? []) args.push(`--match=${name.split(SEPARATOR).at(-1) ?? name}`);
  return { script: suite.script ?? 'ava', args };
};

const nodeTest: NodeCall = ({ suite, only }) => {
  // Node takes options only before the first file.
  const options = [
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    `--test-reporter='${join(REPORTERS, 'node-test-reporter.mjs')}'`,
    '--test-reporter-destination=stderr',
  ];
  for (const { name } of only ?? []) {
    const pattern = exactly([name.split(SEPARATOR).at(-1) ?? name]);
    options.push(`--test-name-pattern='/${pattern.replaceAll("'", `'\\''`)}/'`);
  }
  const script = suite.script ?? 'node --test';
  const end = script.lastIndexOf(' --test') + ' --test'.length;
  return { script: `${script.slice(0, end)} ${options.join(' ')}${script.slice(end)}`, args: [] };
};

const CALLS: Partial<Record<TestFramework, NodeCall>> = {
  jest,
  vitest,
  mocha,
  ava,
  'node:test': nodeTest,
};

/** The call of a suite of package.json: the repository's script, with our reporter's arguments after it. */
export function nodeCall(setting: CallSetting): FrameworkCall {
  const { suite, workspace, path, first } = setting;
  const call = CALLS[suite.framework];
  const { script, args } = call?.(setting) ?? { script: suite.script ?? 'npm test', args: [] };
  const reads = suite.framework === 'npm test' || suite.framework === 'ava';
  return {
    argv: ['sh', '-c', args.length === 0 ? script : `${script} "$@"`, 'sh', ...args],
    env: {
      PATH: [...binFolders(workspace, suite.cwd), join(REPORTERS, 'bin'), ...path].join(':'),
      CI: 'true',
      npm_lifecycle_event: 'test',
      ...(first.length === 0
        ? {}
        : { HIL_FIRST: first.map((one) => posix.join(workspace, one)).join('\n') }),
    },
    results: reads ? tapOrJUnit() : { from: 'reporter' },
  };
}

/** node_modules/.bin of the package and of every folder above it, as npm sets PATH. */
function binFolders(workspace: string, cwd: string): string[] {
  const folders: string[] = [];
  for (let folder = cwd; ; folder = posix.dirname(folder)) {
    folders.push(posix.join(workspace, folder, 'node_modules/.bin'));
    if (folder === '.') return folders;
  }
}
