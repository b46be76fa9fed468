import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const made: string[] = [];

export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'hil-suite-'));
  made.push(path);
  return path;
}

/** A repository's tree with these files. */
export function tree(files: Record<string, string>): string {
  const root = folder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

/** For `afterAll` or `afterEach`. */
export function removeTrees(): void {
  for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true });
}
