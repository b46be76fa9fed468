import type Docker from 'dockerode';
import { errorCode } from '../error-code.js';

/** Languages an image is built for, in deploy/docker/sandbox; `all` has every toolchain. */
const IMAGE_LANGUAGES = ['node', 'python', 'java', 'dotnet', 'all'] as const;
export type ImageLanguage = (typeof IMAGE_LANGUAGES)[number];

const REPOSITORY = 'hil-sandbox';

/** An image as a container needs to know it. */
export interface SandboxImage {
  reference: string;
  /** Its content: the same id, the same files. */
  id: string;
  volumes: string[];
}

/** Ours for the languages a repository needs. */
export function imageForLanguages(languages: readonly ImageLanguage[]): string {
  const [first, ...others] = new Set(languages);
  return `${REPOSITORY}:${first === undefined || others.length > 0 ? 'all' : first}`;
}

/**
 * Finds an image on the daemon; ours for one language may be replaced by ours for all. Without a
 * reference: the first of ours that was built. Nothing is ever pulled: a repository could name anything.
 * Returns a sentence with the command to run when there is none.
 */
export async function findImage(
  docker: Docker,
  reference?: string,
): Promise<SandboxImage | string> {
  const own = IMAGE_LANGUAGES.map((language) => `${REPOSITORY}:${language}`);
  const wanted =
    reference === undefined
      ? [...own].reverse()
      : own.includes(reference)
        ? [reference, `${REPOSITORY}:all`]
        : [reference];
  for (const name of wanted) {
    const found = await inspect(docker, name);
    if (found !== null) return found;
  }
  if (reference === undefined) return 'no sandbox image; build them with: npm run sandbox:images';
  return own.includes(reference)
    ? `sandbox image ${reference} not found; build it with: npm run sandbox:images -- ${reference.slice(REPOSITORY.length + 1)}`
    : `sandbox image ${reference} not found; images are never pulled by themselves. Get it with: docker pull ${reference}`;
}

async function inspect(docker: Docker, reference: string): Promise<SandboxImage | null> {
  try {
    const { Id, Config } = await docker.getImage(reference).inspect();
    return { reference, id: Id, volumes: Object.keys(Config.Volumes ?? {}) };
  } catch (error) {
    if (statusCode(error) === 404) return null;
    throw error;
  }
}

/** The HTTP status of an answer of the daemon that is an error. */
export function statusCode(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'statusCode' in error
    ? error.statusCode
    : errorCode(error);
}
