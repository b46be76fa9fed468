import { posix } from 'node:path';
import { hasField } from '../detect/has-field.js';
import { readHilFile } from '../detect/hil-file.js';
import { findRepositoryFiles, readRepositoryFile } from '../detect/repository-files.js';
import { type Check } from './check.js';
import { MAVEN_LINTERS, lintersIn } from './maven-linters.js';

export interface DetectChecksOptions {
  /** Paths the change touched and that still exist. */
  changedFiles: readonly string[];
  projectPath?: string;
}

const SCRIPTS = /\.(?:[cm]?[jt]sx?|vue|svelte)$/;

/** Tools of package.json, and what configures each. */
const NODE_TOOLS = [
  { tool: 'eslint', kind: 'lint', config: /^(eslint\.config\.[cm]?[jt]s|\.eslintrc(\.\w+)?)$/, key: /"eslintConfig"/ },
  { tool: 'biome', kind: 'lint', config: /^biome\.jsonc?$/, key: null },
  { tool: 'prettier', kind: 'lint', config: /^(\.prettierrc(\.\w+)?|prettier\.config\.[cm]?[jt]s)$/, key: null },
  { tool: 'tsc', kind: 'typecheck', config: /^tsconfig\.json$/, key: null },
] as const; // prettier-ignore

/** Tools of Python projects, and the sign of each in a configuration file. */
const PYTHON_TOOLS = [
  { tool: 'ruff', kind: 'lint', files: { 'ruff.toml': /./s, '.ruff.toml': /./s, 'pyproject.toml': /^\[tool\.ruff/m } },
  { tool: 'flake8', kind: 'lint', files: { '.flake8': /./s, 'setup.cfg': /^\[flake8\]/m, 'tox.ini': /^\[flake8\]/m } },
  { tool: 'mypy', kind: 'typecheck', files: { 'mypy.ini': /./s, '.mypy.ini': /./s, 'pyproject.toml': /^\[tool\.mypy/m, 'setup.cfg': /^\[mypy\]/m } },
  { tool: 'pyright', kind: 'typecheck', files: { 'pyrightconfig.json': /./s, 'pyproject.toml': /^\[tool\.pyright/m } },
] as const; // prettier-ignore

/**
 * The linters, type checkers and compilers that a repository configures, from its files alone. Linters that
 * take files look at the changed ones; the others look at the whole and are compared with the base.
 */
export async function detectChecks(root: string, options: DetectChecksOptions): Promise<Check[]> {
  const start = posix.normalize(options.projectPath?.replace(/\/+$/, '') || '.');
  const own = (await readHilFile(root))?.checks;
  if (own !== undefined) {
    return own.map(({ name, kind, cwd, command }) => ({
      kind,
      tool: name,
      cwd,
      reason: '.hil.yml lists it',
      argv: ['sh', '-c', command],
      format: 'exit_code',
      needs: 'node',
    }));
  }
  return [
    ...(await nodeChecks(root, start, options.changedFiles)),
    ...(await pythonChecks(root, start, options.changedFiles)),
    ...(await buildChecks(root, start, options.changedFiles)),
  ];
}

async function nodeChecks(
  root: string,
  start: string,
  changed: readonly string[],
): Promise<Check[]> {
  const manifest = await readRepositoryFile(root, posix.join(start, 'package.json'));
  if (manifest === null) return [];
  const names = await findRepositoryFiles(root, (_name, path) => posix.dirname(path) === start, 6);
  const checks: Check[] = [];
  for (const { tool, kind, config, key } of NODE_TOOLS) {
    const file = names.find((path) => config.test(posix.basename(path)));
    const inManifest = tool === 'prettier' ? hasField(manifest, tool) : key?.test(manifest);
    if (file === undefined && inManifest !== true) continue;
    const reason = `${file ?? posix.join(start, 'package.json')} configures it`;
    const binary = posix.join('node_modules/.bin', tool);
    const base = { kind, tool, cwd: start, reason, needs: 'node' as const };
    const scripts = relativeTo(
      start,
      changed.filter((path) => SCRIPTS.test(path)),
    );
    if (tool === 'eslint')
      checks.push({ ...base, format: 'eslint-json', files: scripts, argv: [binary, '--format', 'json', '--no-error-on-unmatched-pattern'] }); // prettier-ignore
    else if (tool === 'biome')
      checks.push({ ...base, format: 'biome-github', files: relativeTo(start, changed), argv: [binary, 'check', '--reporter=github', '--no-errors-on-unmatched', '--files-ignore-unknown=true'] }); // prettier-ignore
    else if (tool === 'prettier')
      checks.push({ ...base, format: 'prettier', files: relativeTo(start, changed), argv: [binary, '--check', '--ignore-unknown'] }); // prettier-ignore
    else checks.push({ ...base, format: 'tsc', argv: [binary, '--noEmit', '--pretty', 'false'] });
  }
  return checks;
}

async function pythonChecks(
  root: string,
  start: string,
  changed: readonly string[],
): Promise<Check[]> {
  const files = relativeTo(
    start,
    changed.filter((path) => /\.pyi?$/.test(path)),
  );
  const checks: Check[] = [];
  for (const { tool, kind, files: signs } of PYTHON_TOOLS) {
    let sign: string | undefined;
    for (const [name, pattern] of Object.entries(signs)) {
      const path = posix.join(start, name);
      if (sign === undefined && pattern.test((await readRepositoryFile(root, path)) ?? ''))
        sign = path;
    }
    if (sign === undefined) continue;
    const base = {
      kind,
      tool,
      cwd: start,
      reason: `${sign} configures it`,
      needs: 'python' as const,
    };
    if (tool === 'ruff')
      checks.push({ ...base, format: 'ruff-json', files, argv: ['ruff', 'check', '--no-cache', '--output-format', 'json', '--force-exclude'] }); // prettier-ignore
    else if (tool === 'flake8') checks.push({ ...base, format: 'lines', files, argv: ['flake8'] });
    else if (tool === 'mypy') {
      const configured = /^\s*(files|packages|modules)\s*=/m.test(
        (await readRepositoryFile(root, sign)) ?? '',
      );
      checks.push({ ...base, format: 'mypy', argv: ['mypy', '--no-color-output', '--no-error-summary', '--cache-dir=/tmp/mypy', ...(configured ? [] : ['.'])] }); // prettier-ignore
    } else checks.push({ ...base, format: 'pyright-json', argv: ['pyright', '--outputjson'] });
  }
  return checks;
}

async function buildChecks(
  root: string,
  start: string,
  changed: readonly string[],
): Promise<Check[]> {
  const checks: Check[] = [];
  const pom = await readRepositoryFile(root, posix.join(start, 'pom.xml'));
  if (pom !== null) {
    const reason = `${posix.join(start, 'pom.xml')} is a Maven build`;
    const base = { cwd: start, needs: 'maven' as const, format: 'maven' as const };
    if (changed.some((path) => /\.(java|kt)$/.test(path)))
      checks.push({ ...base, kind: 'build', tool: 'maven compile', reason, argv: ['mvn', 'test-compile'] }); // prettier-ignore
    if (changed.some((path) => path.endsWith('.java')))
      for (const tool of lintersIn(pom))
        checks.push({ ...base, kind: 'lint', tool, format: tool, reason: `${posix.join(start, 'pom.xml')} configures ${tool}`, argv: ['mvn', ...MAVEN_LINTERS[tool]] }); // prettier-ignore
  }
  const projects = await findRepositoryFiles(
    root,
    (name, path) => /\.(slnx?|csproj|fsproj)$/.test(name) && posix.dirname(path) === start,
    3,
  );
  const [project] = projects.sort(
    (a, b) => Number(/\.slnx?$/.test(b)) - Number(/\.slnx?$/.test(a)),
  );
  if (project !== undefined) {
    const name = posix.basename(project);
    const base = { cwd: start, needs: 'dotnet' as const, format: 'msbuild' as const, reason: `${project} is a .NET project` }; // prettier-ignore
    checks.push(
      { ...base, kind: 'build', tool: 'dotnet build', argv: ['dotnet', 'build', name, '--nologo', '-clp:NoSummary'] },
      { ...base, kind: 'lint', tool: 'dotnet format', argv: ['dotnet', 'format', name, '--verify-no-changes', '--no-restore'] },
    ); // prettier-ignore
  }
  return checks;
}

function relativeTo(start: string, paths: readonly string[]): string[] {
  if (start === '.') return [...paths];
  return paths
    .filter((path) => path.startsWith(`${start}/`))
    .map((path) => path.slice(start.length + 1));
}
