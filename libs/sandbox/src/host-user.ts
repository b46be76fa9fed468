import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A user and group by number, as this machine counts. */
export interface HostUser {
  uid: number;
  gid: number;
}

export const ROOT: HostUser = { uid: 0, gid: 0 };

/** As root: lets that user write to folders. Links are changed themselves and never followed. */
export async function giveTo(user: HostUser, folders: readonly string[]): Promise<void> {
  if (process.getuid?.() !== 0) return;
  await run('chown', ['-RhP', `${user.uid}:${user.gid}`, '--', ...folders]);
}
