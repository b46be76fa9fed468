import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findRepositoryFiles, readRepositoryFile } from '../detect/repository-files.js';
import { type TestSuite } from '../suite.js';
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
 * True when measuring costs little and changes nothing for the tests: the repository asks for it itself,
 * or has the framework's provider among its dependencies.
 */
export async function measuresCoverage(workspace: string, suite: TestSuite): Promise<boolean> {
  const read = async (name: string) =>
    (await readRepositoryFile(workspace, suite.cwd === '.' ? name : `${suite.cwd}/${name}`)) ?? '';
  switch (suite.framework) {
    case 'jest':
      return (
        /--coverage(?!=false)\b/.test(suite.script ?? '') ||
        /"(?:collectCoverage|coverageThreshold|collectCoverageFrom)"/.test(
          await read('package.json'),
        ) ||
        /collectCoverage|coverageThreshold/.test(
          (await read('jest.config.js')) +
            (await read('jest.config.ts')) +
            (await read('jest.config.mjs')) +
            (await read('jest.config.cjs')),
        )
      );
    case 'vitest':
      return /"@vitest\/coverage-(?:v8|istanbul)"/.test(await read('package.json'));
    case 'pytest':
      return /pytest-cov|\bcoverage\b/.test(
        (await read('pyproject.toml')) + (await read('setup.cfg')) + (await read('tox.ini')) +
          (await read('requirements-dev.txt')) + (await read('requirements/test.txt')),
      ); // prettier-ignore
    default:
      return false;
  }
}

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
