/**
 * Real projects with a type check and tests of their own. `install` runs in a fresh copy of the default branch,
 * the tools it brings are those that the project names; `checks` must end the same before and after.
 */
export const PROJECTS = {
  ufo: {
    repository: 'unjs+ufo',
    language: 'typescript',
    install: [
      [
        'npm',
        'install',
        '--ignore-scripts',
        '--no-audit',
        '--no-fund',
        '--no-save',
        '--no-package-lock',
      ],
    ],
    checks: {
      types: ['npx', 'tsc', '--noEmit'],
      tests: ['npx', 'vitest', 'run', '--reporter=json'],
    },
    sources: /^src\/.*\.ts$/,
  },
  'path-to-regexp': {
    repository: 'pillarjs+path-to-regexp',
    language: 'typescript',
    install: [
      [
        'npm',
        'install',
        '--ignore-scripts',
        '--no-audit',
        '--no-fund',
        '--no-save',
        '--no-package-lock',
      ],
    ],
    checks: {
      types: ['npx', 'tsc', '--noEmit'],
      tests: ['npx', 'vitest', 'run', '--reporter=json'],
    },
    sources: /^src\/index\.ts$/,
  },
  itsdangerous: {
    repository: 'pallets+itsdangerous',
    language: 'python',
    install: [
      ['python3', '-m', 'venv', '.venv'],
      ['.venv/bin/pip', 'install', '-q', 'pytest', 'mypy', 'freezegun', '-e', '.'],
    ],
    checks: {
      types: ['.venv/bin/mypy', 'src'],
      tests: ['.venv/bin/python', '-m', 'pytest', '-q', '-rA', '-p', 'no:cacheprovider'],
    },
    sources: /^src\/.*\.py$/,
  },
  click: {
    repository: 'pallets+click',
    language: 'python',
    install: [
      ['python3', '-m', 'venv', '.venv'],
      ['.venv/bin/pip', 'install', '-q', 'pytest', 'mypy', '-e', '.'],
    ],
    checks: {
      types: ['.venv/bin/mypy', 'src'],
      tests: ['.venv/bin/python', '-m', 'pytest', '-q', '-rA', '-p', 'no:cacheprovider'],
    },
    sources: /^src\/.*\.py$/,
  },
};
