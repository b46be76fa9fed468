import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

/**
 * Where to find the server when nobody says: HIL_URL, or this machine at the PORT that the server itself
 * takes: the environment's, else that of `.env` in the checkout at `root`. An empty value is an absent one.
 */
export function serverUrl(
  root: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const url = trimmed(env['HIL_URL']);
  if (url !== undefined) return url;
  const port = trimmed(env['PORT']) ?? trimmed(envFile(root)['PORT']) ?? '5001';
  return `http://127.0.0.1:${port}`;
}

function trimmed(value: string | undefined): string | undefined {
  const text = value?.trim();
  return text === '' ? undefined : text;
}

function envFile(root: string): Record<string, string | undefined> {
  try {
    return parseEnv(readFileSync(join(root, '.env'), 'utf8')) as Record<string, string | undefined>;
  } catch {
    return {}; // The server tells what is wrong with a file that can't be read.
  }
}
