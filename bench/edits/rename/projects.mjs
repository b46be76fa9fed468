/**
 * Real projects with a type check and tests of their own. `install` runs in a fresh copy of the default branch,
 * the tools it brings are those that the project names, and for Python a type checker that it does not name, as
 * an oracle; `checks` must end the same before and after.
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
      [
        '.venv/bin/pip',
        'install',
        '-q',
        'pytest',
        'mypy',
        'basedpyright==1.40.1',
        'freezegun',
        '-e',
        '.',
      ],
    ],
    checks: {
      types: ['.venv/bin/mypy', 'src'],
      oracle: [
        '.venv/bin/basedpyright',
        '--pythonpath',
        '.venv/bin/python',
        '--level',
        'error',
        'src',
        'tests',
      ],
      tests: ['.venv/bin/python', '-m', 'pytest', '-q', '-rA', '-p', 'no:cacheprovider'],
    },
    sources: /^src\/.*\.py$/,
  },
  click: {
    repository: 'pallets+click',
    language: 'python',
    install: [
      ['python3', '-m', 'venv', '.venv'],
      ['.venv/bin/pip', 'install', '-q', 'pytest', 'mypy', 'basedpyright==1.40.1', '-e', '.'],
    ],
    checks: {
      types: ['.venv/bin/mypy', 'src'],
      oracle: [
        '.venv/bin/basedpyright',
        '--pythonpath',
        '.venv/bin/python',
        '--level',
        'error',
        'src',
        'tests',
      ],
      tests: ['.venv/bin/python', '-m', 'pytest', '-q', '-rA', '-p', 'no:cacheprovider'],
    },
    sources: /^src\/.*\.py$/,
  },
};
