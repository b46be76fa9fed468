import { lstat, readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { findRepositoryFiles, isBelow, readRepositoryFile } from '../detect/repository-files.js';
import { type TestFramework, type TestSuite } from '../suite.js';
import {
  type CoveragePlace,
  type LineCoverage,
  coveragePyLines,
  istanbulLines,
} from './coverage.js';
import { coberturaLines, jacocoLines } from './xml-coverage.js';

/** Below the results folder of a run. */
export const COVERAGE_FOLDER = 'coverage';
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Why coverage is not measured, as words for a person; null when it is: measuring then costs little and changes
 * nothing for the tests, since the repository asks for it itself or has the framework's provider.
 */
export async function coverageProblem(
  workspace: string,
  { framework, cwd, script }: TestSuite,
): Promise<string | null> {
  const sign = SIGNS[framework];
  if (sign === undefined) return `not read from ${framework}`;
  if (framework === 'jest' && /--coverage(?!=false)\b/.test(script ?? '')) return null;
  const files =
    'files' in sign
      ? sign.files.map((name) => posix.join(cwd, name))
      : await below(workspace, cwd, sign.named);
  for (const file of files) {
    if (sign.pattern.test((await readRepositoryFile(workspace, file)) ?? '')) return null;
  }
  const where = 'files' in sign ? sign.files[0] : 'the build';
  return `${where} does not ask for it (${sign.wanted})`;
}

/** Files of a suite by their names, in its folder and below. */
function below(workspace: string, cwd: string, named: RegExp): Promise<string[]> {
  return findRepositoryFiles(workspace, (name, path) => named.test(name) && isBelow(path, cwd));
}

type Sign = { pattern: RegExp; wanted: string } & ({ files: string[] } | { named: RegExp });

/** What says that a repository measures coverage, by framework. */
const SIGNS: Partial<Record<TestFramework, Sign>> = {
  jest: {
    files: [
      'package.json',
      'jest.config.js',
      'jest.config.ts',
      'jest.config.mjs',
      'jest.config.cjs',
    ],
    pattern: /\b(?:collectCoverage|coverageThreshold|collectCoverageFrom)\b/,
    wanted: 'collectCoverage of jest',
  },
  vitest: {
    files: ['package.json'],
    pattern: /"@vitest\/coverage-(?:v8|istanbul)"/,
    wanted: '@vitest/coverage-v8 or -istanbul',
  },
  pytest: {
    files: [
      'pyproject.toml',
      'setup.cfg',
      'tox.ini',
      'requirements-dev.txt',
      'requirements/test.txt',
    ],
    pattern: /pytest-cov|\bcoverage\b/,
    wanted: 'pytest-cov or coverage',
  },
  maven: {
    named: /^pom\.xml$/,
    pattern: /<artifactId>\s*jacoco-maven-plugin\s*</,
    wanted: 'jacoco-maven-plugin',
  },
  gradle: {
    named: /^build\.gradle(?:\.kts)?$/,
    pattern: /\bid[\s(]+['"]jacoco['"]|\bapply\s+plugin:\s*['"]jacoco['"]|^\s*`?jacoco`?\s*$/m,
    wanted: 'the jacoco plugin',
  },
  dotnet: {
    named: /\.(?:cs|fs|vb)proj$|^Directory\.(?:Build|Packages)\.props$/,
    pattern: /\bInclude="coverlet\.collector"/i,
    wanted: 'the package coverlet.collector',
  },
};

/** What a run left, or null: by the framework in the results folder, by JaCoCo in the build's own. */
export async function readCoverage(
  suite: TestSuite,
  folder: string,
  workspace: string,
  place: CoveragePlace,
): Promise<LineCoverage | null> {
  switch (suite.framework) {
    case 'jest':
    case 'vitest': {
      const text = await plainText(join(folder, COVERAGE_FOLDER, 'coverage-final.json'));
      return text === null ? null : istanbulLines(text, place);
    }
    case 'pytest': {
      const text = await plainText(join(folder, COVERAGE_FOLDER, 'coverage.json'));
      return text === null ? null : coveragePyLines(text, place);
    }
    case 'maven':
    case 'gradle':
      return jacoco(suite, workspace);
    case 'dotnet':
      return coverlet(folder, workspace, place);
    default:
      return null;
  }
}

/** Where JaCoCo's reports are below a module, by the plugins of Maven and Gradle. */
const JACOCO_FILE =
  /(?:^|\/)(?:target\/site\/jacoco\/jacoco|build\/reports\/jacoco\/[^/]+\/\w+)\.xml$/;

/** The reports of all modules: each names packages only, and its sources are in its own module. */
async function jacoco(suite: TestSuite, workspace: string): Promise<LineCoverage | null> {
  const [reports, sources] = await Promise.all([
    findRepositoryFiles(
      workspace,
      (_name, path) => JACOCO_FILE.test(path) && isBelow(path, suite.cwd),
      12,
    ),
    findRepositoryFiles(workspace, (name) => /\.(java|kt)$/.test(name), 16),
  ]);
  return merged(
    reports.map(async (report) => {
      const text = await plainText(join(workspace, report));
      const module = posix.join(report.replace(JACOCO_FILE, ''), '/');
      const own = sources.filter((path) => module === '/' || path.startsWith(module));
      const find = (suffix: string) => own.find((path) => path.endsWith(`/${suffix}`));
      return text === null ? null : jacocoLines(text, find);
    }),
  );
}

/** One report a test project, each in a folder with a name of its own. */
async function coverlet(
  folder: string,
  workspace: string,
  { root }: CoveragePlace,
): Promise<LineCoverage | null> {
  const reports = await findRepositoryFiles(folder, (name) => name === 'coverage.cobertura.xml');
  const sources = new Set(await findRepositoryFiles(workspace, () => true, 16));
  const find = (path: string) => {
    const relative = posix.relative(root, path);
    return sources.has(relative) ? relative : undefined;
  };
  return merged(
    reports.map(async (report) => {
      const text = await plainText(join(folder, report));
      return text === null ? null : coberturaLines(text, find);
    }),
  );
}

/** Several reports as one: a line ran as often as where it ran most. Null when there are none. */
async function merged(reports: Promise<LineCoverage | null>[]): Promise<LineCoverage | null> {
  const all = (await Promise.all(reports)).filter((report) => report !== null);
  if (all.length === 0) return null;
  const lines: LineCoverage = new Map();
  for (const [file, hits] of all.flatMap((report) => [...report])) {
    const known = lines.get(file) ?? new Map<number, number>();
    for (const [line, count] of hits) known.set(line, Math.max(known.get(line) ?? 0, count));
    lines.set(file, known);
  }
  return lines;
}

/** A report the tests' own process wrote: only a plain file, never what a link leads to. */
async function plainText(path: string): Promise<string | null> {
  const stat = await lstat(path).catch(() => null);
  if (stat === null || !stat.isFile() || stat.size > MAX_BYTES) return null;
  return readFile(path, 'utf8').catch(() => null);
}
