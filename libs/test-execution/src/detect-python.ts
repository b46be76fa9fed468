import { posix } from 'node:path';
import { findRepositoryFiles, readRepositoryFile } from './repository-files.js';
import { type InstallPlan, type TestSuite } from './suite.js';

const MANIFEST =
  /^(pyproject\.toml|setup\.py|setup\.cfg|(?:dev-|test-)?requirements(?:[-_](?:tests?|dev))?\.txt)$/;
const TEST_FILE = /^(test_.*|.*_test|tests?)\.py$/;

/** pytest where anything speaks for it, unittest where tests use nothing else. */
export async function detectPythonSuites(root: string, start: string): Promise<TestSuite[]> {
  const prefix = start === '.' ? '' : `${start}/`;
  const files = await findRepositoryFiles(
    root,
    (name, path) =>
      path.startsWith(prefix) && (name.endsWith('.py') || MANIFEST.test(name) ||
        name === 'pytest.ini' || name === 'tox.ini' || /(^|\/)requirements\/[^/]+\.txt$/.test(path)),
  ); // prettier-ignore
  const tests = files.filter((path) => TEST_FILE.test(posix.basename(path)));
  const configuration = await pytestConfiguration(root, start);
  if (tests.length === 0 && configuration === null) return [];
  const manifests = files.filter(
    (path) =>
      (posix.dirname(path) === posix.normalize(start) && MANIFEST.test(posix.basename(path))) ||
      posix.dirname(path) === posix.join(start, 'requirements'),
  );
  const usesUnittest = configuration === null && (await onlyUnittest(root, tests, manifests));
  const framework = usesUnittest ? 'unittest' : 'pytest';
  const example = tests[0] ?? '';
  const reason =
    configuration ??
    (usesUnittest ? `${example} uses unittest, nothing uses pytest` : `${example} is a test file`);
  return [
    {
      id: `${framework}@${start}`,
      framework,
      cwd: start,
      reason,
      command: usesUnittest
        ? ['python3', '-m', 'unittest', 'discover']
        : ['python3', '-m', 'pytest'],
      installPlan: installPlan(start, manifests, framework === 'pytest'),
    },
  ];
}

/** The file that configures pytest, as a reason; null when none does. */
async function pytestConfiguration(root: string, start: string): Promise<string | null> {
  const signs: [string, RegExp][] = [
    ['pytest.ini', /./s],
    ['pyproject.toml', /\[tool\.pytest/],
    ['setup.cfg', /\[tool:pytest\]/],
    ['tox.ini', /\[pytest\]/],
    ['conftest.py', /./s],
  ];
  for (const [name, sign] of signs) {
    const path = posix.join(start, name);
    if (sign.test((await readRepositoryFile(root, path)) ?? '')) return `${path} configures pytest`;
  }
  return null;
}

async function onlyUnittest(root: string, tests: string[], manifests: string[]): Promise<boolean> {
  for (const path of manifests) {
    if (/\bpytest\b/.test((await readRepositoryFile(root, path)) ?? '')) return false;
  }
  let unittest = false;
  for (const path of tests.slice(0, 200)) {
    const text = (await readRepositoryFile(root, path)) ?? '';
    if (/^\s*(import|from) pytest\b/m.test(text)) return false;
    // A bare test function is invisible to unittest.
    if (/^def test_/m.test(text)) return false;
    unittest ||= /^\s*(import|from) (unittest|django\.test)\b/m.test(text);
  }
  return unittest;
}

/** pytest itself may be all there is to install, so it always has a plan. */
function installPlan(root: string, inputs: string[], pytest: boolean): InstallPlan | null {
  if (inputs.length === 0 && !pytest) return null;
  const what = [...inputs, ...(pytest ? ['pytest'] : [])].join(', ');
  return {
    manager: 'pip',
    summary: `pip install into a virtual environment: ${what}`,
    root,
    inputs,
  };
}
