import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HilError } from '@hil/contracts';
import type { RunAs } from './run-as.js';

/** The port is only a name here: nothing listens on TCP. */
export const SOCKET_PORT = 5432;
/** sun_path holds 108 bytes on Linux and 104 on macOS, the closing zero included. */
const MAX_SOCKET_PATH = 103;

/** Where PostgreSQL puts its socket: below the data folder, or in the temporary one if that is long. */
export function socketFolderFor(dataDir: string): string {
  const near = join(dataDir, 'socket');
  const path = join(near, `.s.PGSQL.${SOCKET_PORT}`);
  // PostgreSQL takes a list of folders, so a comma or a quote in the name would split it.
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH && !/[,"]/.test(near)) return near;
  const hash = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  return join(tmpdir(), `hil-${process.getuid?.() ?? 0}-${hash}`);
}

/**
 * Makes the folder so that its owner alone can enter it: whoever reaches the socket is trusted.
 * @throws HilError `service_unavailable` when somebody else made it first (possible in /tmp).
 */
export async function prepareSocketFolder(folder: string, runAs: RunAs): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const found = await lstat(folder);
  const allowed = [process.getuid?.(), runAs.identity.uid];
  if (!found.isDirectory() || !allowed.includes(found.uid)) {
    throw new HilError(
      'service_unavailable',
      `${folder} belongs to another user, so the database socket can't be put there. Remove it, or choose a shorter DATA_DIR.`,
    );
  }
  await chmod(folder, 0o700);
  await runAs.own(folder);
}
