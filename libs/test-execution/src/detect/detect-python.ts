import { posix } from 'node:path';
import { findRepositoryFiles, isBelow, readRepositoryFile } from './repository-files.js';
import { type InstallPlan, type TestSuite } from '../suite.js';

const MANIFEST =
  /^(pyproject\.toml|setup\.py|setup\.cfg|(?:dev-|test-)?requirements(?:[-_](?:tests?|dev))?\.txt|poetry\.lock|uv\.lock|pdm\.lock)$/;
const PROJECT = /^(pyproject\.toml|setup\.py|setup\.cfg)$/;
const TEST_FILE = /^(test_.*|.*_test|tests?)\.py$/;

/** The project at `start`, or each Python project below it when there is none. */
export async function detectPythonSuites(root: string, start: string): Promise<TestSuite[]> {
  const own = await suitesAt(root, start);
  const manifests = await findRepositoryFiles(root, (name) => PROJECT.test(name), 4);
  const here = manifests.some((path) => posix.dirname(path) === start);
  const below = [...new Set(manifests.map((path) => posix.dirname(path)))].filter(
    (folder) => folder !== start && isBelow(folder, start),
  );
  if (here || below.length === 0) return own;
  const suites: TestSuite[] = [];
  for (const folder of below) suites.push(...(await suitesAt(root, folder)));
  return suites.length > 0 ? suites : own;
}

/** pytest where anything speaks for it, unittest where tests use nothing else, else what tox or nox call. */
async function suitesAt(root: string, start: string): Promise<TestSuite[]> {
  const prefix = start === '.' ? '' : `${start}/`;
  const files = await findRepositoryFiles(
    root,
    (name, path) =>
      path.startsWith(prefix) && (name.endsWith('.py') || MANIFEST.test(name) ||
        name === 'pytest.ini' || name === 'tox.ini' || /(^|\/)requirements\/[^/]+\.txt$/.test(path)),
  ); // prettier-ignore
  const tests = files.filter((path) => TEST_FILE.test(posix.basename(path)));
  const configuration = await pytestConfiguration(root, start);
  const runner = await toxOrNox(root, start);
  if (tests.length === 0 && configuration === null && runner === null) return [];
  const manifests = files.filter((path) => isManifest(path, start));
  const speaksOfTests =
    configuration !== null || /pytest|unittest/.test(runner?.script ?? 'pytest');
  if (runner !== null && (!speaksOfTests || tests.length === 0)) {
    return [
      {
        id: `${runner.framework}@${start}`,
        framework: runner.framework,
        cwd: start,
        reason: `${runner.path} runs ${runner.script}`,
        command: [runner.framework],
        script: runner.script,
        installPlan: installPlan(start, [...manifests, runner.path], false),
      },
    ];
  }
  const usesUnittest = configuration === null && (await onlyUnittest(root, tests, manifests));
  const framework = usesUnittest ? 'unittest' : 'pytest';
  const example = tests[0] ?? '';
  const called = runner === null ? '' : `, as ${runner.path} calls it`;
  const reason =
    (configuration ??
      (usesUnittest
        ? `${example} uses unittest, nothing uses pytest`
        : `${example} is a test file`)) + called;
  return [
    {
      id: `${framework}@${start}`,
      framework,
      cwd: start,
      reason,
      command: usesUnittest
        ? ['python3', '-m', 'unittest', 'discover']
        : ['python3', '-m', 'pytest'],
      installPlan: installPlan(
        start,
        runner === null ? manifests : [...new Set([...manifests, runner.path])],
        framework === 'pytest',
      ),
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

interface PythonRunner {
  framework: 'tox' | 'nox';
  path: string;
  /** What its test environment runs, as shell lines. */
  script: string;
}

/** The commands of tox's `[testenv]`, or of the sessions of a noxfile that are about tests. */
async function toxOrNox(root: string, start: string): Promise<PythonRunner | null> {
  const tox = posix.join(start, 'tox.ini');
  const section = /^\[testenv\]\n([\s\S]*?)(?=^\[|(?![\s\S]))/m.exec(
    (await readRepositoryFile(root, tox)) ?? '',
  )?.[1];
  const commands = /^commands\s*=\s*([\s\S]*?)(?=^\S|(?![\s\S]))/m.exec(section ?? '')?.[1];
  if (commands !== undefined) {
    const lines = commands.split('\n').flatMap((line) => {
      // Substitutions of tox have no value here; what is after `posargs:` is their default.
      const plain = line
        .trim()
        .replace(/\{posargs:?([^}]*)\}/g, '$1')
        .replace(/\{[^}]*\}/g, '');
      return plain === '' || plain.startsWith('#') ? [] : [plain.replace(/^-\s*/, '')];
    });
    if (lines.length > 0) return { framework: 'tox', path: tox, script: lines.join(' && ') };
  }
  const nox = posix.join(start, 'noxfile.py');
  const text = (await readRepositoryFile(root, nox)) ?? '';
  const calls = text
    .split(/^@nox\.session/m)
    .filter((session) => /^def (?:\w*_)?tests?\w*\(/m.test(session))
    .flatMap((session) => [...session.matchAll(/session\.run\(\s*([^)]*?)\s*,?\s*\)/g)])
    .map(([, words = '']) =>
      [...words.matchAll(/["']([^"']*)["']/g)].map(([, word]) => word).join(' '),
    )
    .filter(Boolean);
  return calls.length === 0 ? null : { framework: 'nox', path: nox, script: calls.join(' && ') };
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

/** How the project in `cwd` is installed, without pytest; null where nothing says. */
export async function pythonInstallPlanAt(root: string, cwd: string): Promise<InstallPlan | null> {
  const inputs = await findRepositoryFiles(root, (_name, path) => isManifest(path, cwd));
  return installPlan(cwd, inputs, false);
}

function isManifest(path: string, start: string): boolean {
  const folder = posix.dirname(path);
  if (folder === posix.join(start, 'requirements')) return path.endsWith('.txt');
  return folder === posix.normalize(start) && MANIFEST.test(posix.basename(path));
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
