import { posix } from 'node:path';
import { type SandboxDriver, discoverToolchains } from '@hil/sandbox';
import {
  detectCargoSuites,
  detectDotnetSuites,
  detectGoSuites,
  detectJvmSuites,
} from './detect-build-tools.js';
import { detectNodeSuites } from './detect-node.js';
import { detectPythonSuites } from './detect-python.js';
import { hilFileSuites, readHilFile } from './hil-file.js';
import { placeOf, withMissingToolchains } from './missing-toolchain.js';
import { type TestSuite } from '../suite.js';

export interface DetectOptions {
  /** Posix path of the package of a monorepo to look at; default the whole repository. */
  projectPath?: string;
  /** Where the suites will run; its toolchains count. Default: this machine. */
  driver?: Pick<SandboxDriver, 'name' | 'toolchains'>;
  /** For drivers that run images. */
  image?: string;
}

/**
 * Finds the test suites of a tree by reading files alone: nothing of the repository runs. `.hil.yml`
 * at the root overrides what would be found. Suites whose toolchain is missing are in the list with
 * `notRun`. An empty list means that the repository has no tests we know of.
 * @throws HilError validation_error when `.hil.yml` is there and wrong
 */
export async function detectTestSuites(
  dir: string,
  options: DetectOptions = {},
): Promise<TestSuite[]> {
  const start = posix.normalize(options.projectPath?.replace(/\/+$/, '') || '.');
  if (start.startsWith('..') || posix.isAbsolute(start)) return [];
  const listed = await hilFileSuites(dir, await readHilFile(dir));
  const prefix = start === '.' ? '' : `${start}/`;
  const suites =
    listed?.filter(({ cwd }) => start === '.' || cwd === start || cwd.startsWith(prefix)) ??
    (await detected(dir, start));
  const { driver, image } = options;
  const toolchains = await (driver === undefined ? discoverToolchains() : driver.toolchains(image));
  return withMissingToolchains(suites, toolchains, placeOf(driver ?? null));
}

async function detected(dir: string, start: string): Promise<TestSuite[]> {
  return [
    ...(await detectNodeSuites(dir, start)),
    ...(await detectPythonSuites(dir, start)),
    ...(await detectJvmSuites(dir, start)),
    ...(await detectDotnetSuites(dir, start)),
    ...(await detectGoSuites(dir, start)),
    ...(await detectCargoSuites(dir, start)),
  ];
}
