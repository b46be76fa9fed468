import { spawnSync } from 'node:child_process';

/** Runs a program to its end and answers its output and the CPU seconds it and its children took. */
export function timed(command, args, options = {}) {
  const script = 'TIMEFORMAT="%U %S"; time "$0" "$@"';
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script, command, ...args], {
    maxBuffer: 2 ** 30,
    ...options,
  });
  if (status !== 0)
    throw new Error(`${command} ended with ${status}: ${String(stderr).slice(-2_000)}`);
  const [user, system] = String(stderr).trim().split('\n').at(-1).split(' ').map(Number);
  return { output: String(stdout), seconds: user + system };
}
