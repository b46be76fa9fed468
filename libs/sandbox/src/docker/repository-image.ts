import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, type ParseError } from 'jsonc-parser';
import { parse as parseYaml } from 'yaml';
import { readArtifact } from '../read-artifact.js';
import { imageForLanguages, type ImageLanguage } from './images.js';

export interface RepositoryImageOptions {
  /** SANDBOX_IMAGE. */
  image?: string | undefined;
  /** SANDBOX_REPOSITORY_IMAGES. */
  repositoryImages: boolean;
}

export interface ChosenImage {
  image: string;
  /** Why this one, for the log. */
  reason: string;
}

const MAX_FILE_BYTES = 256 * 1024;
const REFERENCE = /^[a-z0-9][a-z0-9._/-]*(:[\w][\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/;
const DEVCONTAINERS = ['.devcontainer/devcontainer.json', '.devcontainer.json'];
const SIGNS: readonly (readonly [RegExp, ImageLanguage])[] = [
  [/^package\.json$/, 'node'],
  [/^(pyproject\.toml|setup\.(py|cfg)|requirements.*\.txt|tox\.ini|noxfile\.py)$/, 'python'],
  [/^(pom\.xml|build\.gradle(\.kts)?)$/, 'java'],
  [/\.(sln|slnx|csproj|fsproj)$/, 'dotnet'],
];
const SKIPPED = new Set(['node_modules', '.git', 'vendor', 'dist', 'build', 'target']);
const DEPTH = 3;

/**
 * The docker image for a tree: what its `.hil.yml` (`sandbox: {image: ...}`) or devcontainer names,
 * unless the operator forbids that; else the operator's; else ours for the languages that are there.
 * Reads files only. A devcontainer that is built from a Dockerfile names nothing we could run.
 */
export async function imageForRepository(
  workspace: string,
  options: RepositoryImageOptions,
): Promise<ChosenImage> {
  const named = options.repositoryImages ? await namedImage(workspace) : null;
  if (named !== null) return named;
  if (options.image) return { image: options.image, reason: 'SANDBOX_IMAGE' };
  const languages = [...new Set(await languagesBelow(workspace, DEPTH))];
  const reason = languages.length > 0 ? `languages: ${languages.join(', ')}` : 'no language known';
  return { image: imageForLanguages(languages), reason };
}

async function namedImage(workspace: string): Promise<ChosenImage | null> {
  const read = async (path: string) =>
    (await readArtifact(workspace, path, MAX_FILE_BYTES))?.content.toString() ?? '';
  const candidates: [string, unknown][] = [
    ['.hil.yml', member(yaml(await read('.hil.yml')), 'sandbox')],
  ];
  for (const path of DEVCONTAINERS) candidates.push([path, jsonc(await read(path))]);
  for (const [reason, value] of candidates) {
    const image = member(value, 'image');
    if (typeof image === 'string' && REFERENCE.test(image)) return { image, reason };
  }
  return null;
}

async function languagesBelow(folder: string, depth: number): Promise<ImageLanguage[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found: ImageLanguage[] = [];
  for (const entry of entries) {
    if (entry.isFile()) {
      found.push(...SIGNS.filter(([sign]) => sign.test(entry.name)).map(([, name]) => name));
    } else if (entry.isDirectory() && depth > 0 && !SKIPPED.has(entry.name)) {
      found.push(...(await languagesBelow(join(folder, entry.name), depth - 1)));
    }
  }
  return found;
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? new Map<string, unknown>(Object.entries(value)).get(name)
    : undefined;
}

function yaml(text: string): unknown {
  try {
    // No aliases: a few lines of them can stand for gigabytes.
    return parseYaml(text, { maxAliasCount: 0 });
  } catch {
    return null;
  }
}

function jsonc(text: string): unknown {
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  return errors.length === 0 ? value : null;
}
