import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findRepositoryFiles, readRepositoryFile } from '../detect/repository-files.js';
import { type TestFramework, type TestSuite } from '../suite.js';
import {
  type CoveragePlace,
  type LineCoverage,
  coveragePyLines,
  istanbulLines,
  jacocoLines,
} from './coverage.js';

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
  for (const name of sign.files) {
    const text = await readRepositoryFile(workspace, cwd === '.' ? name : `${cwd}/${name}`);
    if (sign.pattern.test(text ?? '')) return null;
  }
  return `${sign.files[0]} does not ask for it (${sign.wanted})`;
}

/** What says that a repository measures coverage, by framework. */
const SIGNS: Partial<Record<TestFramework, { files: string[]; pattern: RegExp; wanted: string }>> =
  {
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
      files: ['pom.xml'],
      pattern: /<artifactId>\s*jacoco-maven-plugin\s*</,
      wanted: 'jacoco-maven-plugin',
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
      return jacoco(suite, workspace);
    default:
      return null;
  }
}

async function jacoco(suite: TestSuite, workspace: string): Promise<LineCoverage | null> {
  const report = join(workspace, suite.cwd, 'target/site/jacoco/jacoco.xml');
  const text = await plainText(report);
  if (text === null) return null;
  const sources = await findRepositoryFiles(workspace, (name) => /\.(java|kt)$/.test(name), 16);
  return jacocoLines(text, (suffix) => sources.find((path) => path.endsWith(`/${suffix}`)));
}

/** A report the tests' own process wrote: only a plain file, never what a link leads to. */
async function plainText(path: string): Promise<string | null> {
  const stat = await lstat(path).catch(() => null);
  if (stat === null || !stat.isFile() || stat.size > MAX_BYTES) return null;
  return readFile(path, 'utf8').catch(() => null);
}
