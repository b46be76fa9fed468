import { fileURLToPath } from 'node:url';

const swc = {
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    target: 'es2022',
  },
  module: { type: 'es6' },
  sourceMaps: 'inline',
  swcrc: false,
};

/** @type {import('jest').Config} */
export default {
  testMatch: ['**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '<rootDir>/bench/'],
  modulePathIgnorePatterns: ['/dist/', '<rootDir>/bench/', '<rootDir>/samples/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
  testEnvironmentOptions: {
    customExportConditions: ['hil-source', 'node'],
  },
  testTimeout: 30_000,
  reporters: ['default', fileURLToPath(new URL('tools/jest-skips-reporter.mjs', import.meta.url))],
};
