import { spawn } from 'node:child_process';
import { chown, stat } from 'node:fs/promises';
import { once } from 'node:events';

/** `nobody` on Linux and most others. */
const UNPRIVILEGED = 65534;

/**
 * How to start PostgreSQL, which refuses to run as root:
 * - `same`: we are an ordinary user.
 * - `namespace`: a user namespace in which we look like an ordinary user. Files stay root's, so it
 *   works below folders only root may enter.
 * - `uid`: as `nobody`, where user namespaces are forbidden; the folders must be open to it.
 */
export interface RunAs {
  kind: 'same' | 'namespace' | 'uid';
  /** The command to spawn for a program and its arguments. */
  argv(program: string, args: string[]): [string, string[]];
  /** uid and gid for `spawn`. */
  identity: { uid?: number; gid?: number };
  /** Gives a folder to the user PostgreSQL runs as. */
  own(folder: string): Promise<void>;
}

const plain = (program: string, args: string[]): [string, string[]] => [program, args];

/**
 * Chooses how to run as somebody who is not root.
 * @param clusterDir an existing cluster decides by its owner; it may be absent.
 */
export async function chooseRunAs(clusterDir: string): Promise<RunAs> {
  if (process.getuid?.() !== 0) {
    return { kind: 'same', argv: plain, identity: {}, own: () => Promise.resolve() };
  }
  const owner = await stat(clusterDir).then(
    (found) => found.uid,
    () => undefined,
  );
  const mayNamespace = owner === undefined ? await canMapUser() : owner === 0;
  if (mayNamespace) {
    return {
      kind: 'namespace',
      // unshare replaces itself by the program, so the pid we get is PostgreSQL's.
      argv: (program, args) => [
        'unshare',
        ['--user', `--map-user=${UNPRIVILEGED}`, '--', program, ...args],
      ],
      identity: {},
      own: () => Promise.resolve(),
    };
  }
  const uid = owner ?? UNPRIVILEGED;
  return {
    kind: 'uid',
    argv: plain,
    identity: { uid, gid: uid },
    own: (folder) => chown(folder, uid, uid),
  };
}

/** True when this machine lets us make a user namespace (containers often forbid it). */
async function canMapUser(): Promise<boolean> {
  try {
    const probe = spawn('unshare', ['--user', `--map-user=${UNPRIVILEGED}`, '--', 'true'], {
      stdio: 'ignore',
    });
    const [code] = await once(probe, 'exit');
    return code === 0;
  } catch {
    return false;
  }
}
