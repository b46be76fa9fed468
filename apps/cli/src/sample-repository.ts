import { execFile } from 'node:child_process';
import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A fresh git repository in a temporary folder with the files of `source` as its one commit. */
export async function createSampleRepository(source: string): Promise<string> {
  const folder = join(await mkdtemp(join(tmpdir(), 'hil-demo-')), 'todo-api');
  await cp(source, folder, { recursive: true });
  // Variables such as GIT_DIR of a surrounding repository must not lead git astray.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')),
  );
  const identity = ['-c', 'user.name=hil demo', '-c', 'user.email=demo@localhost'];
  const quiet = ['-c', 'commit.gpgSign=false', '-c', 'core.hooksPath=/dev/null'];
  for (const command of [
    ['init', '-q', '-b', 'main'],
    ['add', '-A'],
    ['commit', '-q', '-m', 'feat: to-do service'],
  ]) {
    await run('git', [...identity, ...quiet, ...command], { cwd: folder, env });
  }
  return folder;
}
