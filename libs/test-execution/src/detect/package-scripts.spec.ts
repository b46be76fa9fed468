import { describe, expect, it } from '@jest/globals';
import { scriptedSuites } from './package-scripts.js';

const suites = (test: string, others: Record<string, string> = {}) =>
  scriptedSuites({ ...others, test }).map(({ framework, script }) => `${framework}: ${script}`);

describe('scriptedSuites', () => {
  it.each([
    ['jest', 'jest: jest'],
    ['cross-env NODE_ENV=test jest --runInBand', 'jest: cross-env NODE_ENV=test jest --runInBand'],
    ['NODE_OPTIONS="--x y" npx jest --watch', 'jest: NODE_OPTIONS="--x y" npx jest'],
    ['node --experimental-vm-modules node_modules/jest/bin/jest.js', 'jest: node --experimental-vm-modules node_modules/jest/bin/jest.js'],
    ['vitest', 'vitest: vitest'],
    ['c8 mocha -R spec "test/**/*.js"', 'mocha: c8 mocha "test/**/*.js"'],
    ['nyc --reporter=text mocha test', 'mocha: nyc --reporter=text mocha test'],
    ['node --test', 'node:test: node --test'],
    ['node --import tsx --test --test-reporter=spec src/*.test.ts', 'node:test: node --import tsx --test src/*.test.ts'],
    ['tape test/*.js', 'npm test: tape test/*.js'],
    ['mocha | tee log', 'npm test: mocha | tee log'],
  ])('%s', (script, expected) => {
    expect(suites(script)).toEqual([expected]);
  }); // prettier-ignore

  it('finds nothing in the script npm init writes', () => {
    expect(suites('echo "Error: no test specified" && exit 1')).toEqual([]);
    expect(scriptedSuites({})).toEqual([]);
  });

  it('keeps the build before a framework and drops linters and what follows', () => {
    expect(suites('eslint . && npm run build && jest && tsd', { build: 'tsc -p .' })).toEqual([
      'jest: tsc -p . && jest',
    ]);
  });

  it('follows pretest, npm run and run-s', () => {
    const others = {
      pretest: 'npm run lint && tsc',
      lint: 'xo',
      unit: 'mocha',
      'it:a': 'vitest run',
    };
    expect(suites('run-s lint unit it:*', others)).toEqual([
      'mocha: tsc && mocha',
      'vitest: tsc && vitest run',
    ]);
  });

  it('does not loop on scripts that call each other', () => {
    expect(suites('npm run a', { a: 'npm run b', b: 'npm run a' })).toHaveLength(1);
  });

  it('keeps two calls of a framework with different options, not the same one twice', () => {
    const scripts = { test: 'jest && jest --env edge && jest' };
    expect(scriptedSuites(scripts).map(({ script }) => script)).toEqual([
      'jest',
      'jest --env edge',
    ]);
  });
});
