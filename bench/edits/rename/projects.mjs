/**
 * Real projects with a type check and tests of their own. `install` runs in a fresh copy of the default branch,
 * the tools it brings are those that the project names, and for Python a type checker that it does not name, as
 * an oracle; `checks` must end the same before and after.
 */
export const PROJECTS = {
  ufo: typescript('unjs+ufo', /^src\/.*\.ts$/),
  // Its search for slow expressions gives up after a time, so that what it says depends on the machine's load.
  'path-to-regexp': typescript('pillarjs+path-to-regexp', /^src\/index\.ts$/, [
    '--exclude=**/redos.spec.ts',
  ]),
  itsdangerous: python('pallets+itsdangerous', ['freezegun']),
  click: python('pallets+click'),
};

function typescript(repository, sources, more = []) {
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-save', '--no-package-lock'];
  return {
    repository,
    language: 'typescript',
    install: [['npm', 'install', ...quiet]],
    checks: {
      types: ['npx', 'tsc', '--noEmit'],
      tests: ['npx', 'vitest', 'run', '--reporter=json', ...more],
    },
    sources,
  };
}

function python(repository, needs = []) {
  const tool = (name) => `.venv/bin/${name}`;
  const packages = ['pytest', 'mypy', 'basedpyright==1.40.1', ...needs, '-e', '.'];
  const oracle = ['--pythonpath', tool('python'), '--level', 'error', 'src', 'tests'];
  return {
    repository,
    language: 'python',
    install: [
      ['python3', '-m', 'venv', '.venv'],
      [tool('pip'), 'install', '-q', ...packages],
    ],
    checks: {
      types: [tool('mypy'), 'src'],
      oracle: [tool('basedpyright'), ...oracle],
      tests: [tool('python'), '-m', 'pytest', '-q', '-rA', '-p', 'no:cacheprovider'],
    },
    sources: /^src\/.*\.py$/,
  };
}
