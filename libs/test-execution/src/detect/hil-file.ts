import { posix } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { HilError } from '@hil/contracts';
import { findRepositoryFiles, readRepositoryFile } from './repository-files.js';
import { type TestSuite } from '../suite.js';

const folder = z
  .string()
  .default('.')
  .transform((text) => posix.normalize(text.replace(/\/+$/, '') || '.'))
  .refine((text) => !text.startsWith('..') && !posix.isAbsolute(text), 'leaves the repository');
const lines = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

const hilFileSchema = z.object({
  tests: z
    .array(
      z.object({
        name: z.string().optional(),
        cwd: folder,
        command: z.string().min(1),
        /** A framework whose reporter is added to the command. */
        framework: z.enum(['jest', 'vitest', 'mocha', 'ava', 'node:test']).optional(),
        junit: lines.optional(),
        install: lines.optional(),
      }),
    )
    .optional(),
  checks: z
    .array(
      z.object({
        name: z.string(),
        kind: z.enum(['lint', 'typecheck', 'build']).default('lint'),
        cwd: folder,
        command: z.string().min(1),
      }),
    )
    .optional(),
});
/** What the repository says about itself in `.hil.yml`; commands only, and they run in the sandbox. */
export type HilFile = z.infer<typeof hilFileSchema>;

const HIL_FILE = '.hil.yml';

/**
 * Reads `.hil.yml`; null when there is none.
 * @throws HilError validation_error with the line of each problem: a file that is there has to be right
 */
export async function readHilFile(root: string): Promise<HilFile | null> {
  const text = await readRepositoryFile(root, HIL_FILE);
  if (text === null) return null;
  let value: unknown;
  try {
    // No aliases: a few lines of them can stand for gigabytes.
    value = parse(text, { maxAliasCount: 0 });
  } catch (error) {
    throw new HilError('validation_error', `${HIL_FILE} is no valid YAML: ${String(error)}`);
  }
  const result = hilFileSchema.safeParse(value ?? {});
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new HilError('validation_error', `${HIL_FILE}: ${problems.join('; ')}`);
}

const INPUTS =
  /^(package(-lock)?\.json|pnpm-lock\.yaml|yarn\.lock|pyproject\.toml|requirements.*\.txt|uv\.lock|poetry\.lock|pom\.xml|go\.(mod|sum)|Cargo\.(toml|lock))$/;

/** The suites `.hil.yml` lists; null when it says nothing about tests. */
export async function hilFileSuites(
  root: string,
  file: HilFile | null,
): Promise<TestSuite[] | null> {
  if (file?.tests === undefined) return null;
  const inputs = await findRepositoryFiles(root, (name) => INPUTS.test(name), 4);
  return file.tests.map(({ name, cwd, command, framework, junit, install }) => ({
    id: `${framework ?? 'command'}@${cwd}${name === undefined ? '' : ` (${name})`}`,
    framework: framework ?? 'command',
    cwd,
    reason: `${HIL_FILE}: ${name ?? command}`,
    command: ['sh', '-c', command],
    script: command,
    ...(junit === undefined ? {} : { junit }),
    installPlan:
      install === undefined
        ? null
        : {
            manager: 'command',
            summary: install.join('; '),
            root: cwd,
            inputs: [...inputs, HIL_FILE],
            commands: install,
          },
  }));
}
