import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { HilError } from '@hil/contracts';
import { GitError, simpleGit } from 'simple-git';
import { GitEnvironment, type GitEnvironmentInput } from './git-environment.js';

/** How to run one git command. */
export interface GitCall extends GitEnvironmentInput {
  /** Bytes for standard input. */
  input?: Buffer | string | undefined;
  signal?: AbortSignal | undefined;
  /** Bytes of standard output after which the call ends; default 64 MiB. */
  maxOutputBytes?: number | undefined;
  /** At the limit: `fail` throws, `truncate` kills git and returns what came. Default `fail`. */
  onLimit?: 'fail' | 'truncate' | undefined;
  /** Milliseconds; default 10 minutes. */
  timeoutMs?: number | undefined;
  /** Called while git runs; what it throws ends git and is thrown on. */
  watch?: { everyMs: number; check: () => Promise<void> } | undefined;
}

/** What a finished git command left behind. */
export interface GitResult {
  code: number;
  stdout: Buffer;
  /** At most 64 KiB, from the start. */
  stderr: string;
  truncated: boolean;
}

/** Thrown when git ran and answered with a code other than zero; callers translate it for people. */
export class GitCommandError extends Error {
  constructor(
    readonly command: string,
    readonly code: number,
    readonly stderr: string,
  ) {
    super(`git ${command} failed with code ${code}: ${stderr.trim().slice(0, 2000)}`);
    this.name = 'GitCommandError';
  }
}

const MAX_STDERR = 64 * 1024;
const DEFAULT_OUTPUT = 64 * 1024 * 1024;
const DEFAULT_TIMEOUT_MS = 600_000;

/**
 * The only door to git in the product. Each command is an argv array in a built environment and a
 * process group of its own; abort, time-out and output limits end the whole group, helpers included.
 */
export class GitProcess {
  readonly #environment: GitEnvironment;
  readonly #cwd: string;
  readonly #killGraceMs: number;

  /** @param options.stateDir folder of our own; `killGraceMs`: time between SIGTERM and SIGKILL, default 300 */
  constructor(options: { stateDir: string; killGraceMs?: number | undefined }) {
    this.#environment = new GitEnvironment(options.stateDir);
    this.#cwd = options.stateDir;
    this.#killGraceMs = options.killGraceMs ?? 300;
  }

  /**
   * Runs git and returns its output whatever its exit code is.
   * @throws the signal's reason when aborted; HilError when git is missing, too slow or too loud
   */
  async run(args: readonly string[], call: GitCall = {}): Promise<GitResult> {
    call.signal?.throwIfAborted();
    const child = spawn('git', [...args], {
      cwd: call.workTree ?? call.gitDir ?? this.#cwd,
      env: this.#environment.build(call),
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      shell: false,
    });
    return this.#collect(child, args[0] ?? '', call);
  }

  /**
   * Runs git and insists on success.
   * @throws GitCommandError when git answers with a code other than zero
   */
  async ok(args: readonly string[], call: GitCall = {}): Promise<Buffer> {
    const result = await this.run(args, call);
    if (result.code !== 0 && !result.truncated) {
      throw new GitCommandError(args[0] ?? '', result.code, result.stderr);
    }
    return result.stdout;
  }

  /** Like {@link ok}, as text without the last line break. */
  async line(args: readonly string[], call: GitCall = {}): Promise<string> {
    return (await this.ok(args, call)).toString('utf8').trimEnd();
  }

  /**
   * Runs a local reading command (log, diff, status) through simple-git, in the same built environment.
   * It strips guarded variables unless named, and refuses even safe settings unless allowed: both lists
   * only let our own hardening through, no argument of a caller gains anything by them.
   * @throws the signal's reason when aborted; GitCommandError when git says no
   */
  async read(args: readonly string[], call: GitCall & { gitDir: string }): Promise<string> {
    call.signal?.throwIfAborted();
    const env = this.#environment.build({ ...call, protocols: 'none' });
    const git = simpleGit({
      baseDir: call.workTree ?? call.gitDir,
      ...(call.signal === undefined ? {} : { abort: call.signal }),
      allowEnvironment: Object.keys(env),
      unsafe: {
        allowUnsafeConfigEnvCount: true,
        allowUnsafeConfigPaths: true,
        allowUnsafeCredentialHelper: true,
        allowUnsafeFsMonitor: true,
        allowUnsafeHooksPath: true,
      },
    });
    try {
      return await git.env(env).raw([...args]);
    } catch (error) {
      call.signal?.throwIfAborted();
      if (error instanceof GitError) throw new GitCommandError(args[0] ?? '', 1, error.message);
      throw error;
    }
  }

  #collect(child: ChildProcess, command: string, call: GitCall): Promise<GitResult> {
    return new Promise((resolve, reject) => {
      const limit = call.maxOutputBytes ?? DEFAULT_OUTPUT;
      const chunks: Buffer[] = [];
      let size = 0;
      let stderr = '';
      let truncated = false;
      let failure: { error: unknown } | undefined;
      let force: NodeJS.Timeout | undefined;

      const end = (): void => {
        if (force !== undefined) return;
        killGroup(child, 'SIGTERM');
        force = setTimeout(() => killGroup(child, 'SIGKILL'), this.#killGraceMs);
      };
      const fail = (error: unknown): void => {
        failure ??= { error };
        end();
      };
      const onAbort = (): void => fail(call.signal?.reason ?? new Error('aborted'));
      call.signal?.addEventListener('abort', onAbort, { once: true });
      const timer = setTimeout(
        () =>
          fail(
            new HilError('forge_unavailable', `git ${command} took too long and was stopped.`, {
              retryable: true,
            }),
          ),
        call.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      );
      let checking = false;
      const watch =
        call.watch === undefined
          ? undefined
          : setInterval(() => {
              if (checking || failure !== undefined) return;
              checking = true;
              call.watch
                ?.check()
                .catch(fail)
                .finally(() => (checking = false));
            }, call.watch.everyMs);
      const settle = (): void => {
        clearTimeout(timer);
        clearTimeout(force);
        clearInterval(watch);
        call.signal?.removeEventListener('abort', onAbort);
      };

      child.stdout?.on('data', (chunk: Buffer) => {
        if (truncated || failure !== undefined) return;
        if (size + chunk.length > limit) {
          chunks.push(chunk.subarray(0, limit - size));
          size = limit;
          truncated = true;
          if (call.onLimit === 'truncate') end();
          else
            fail(
              new HilError('repository_too_large', `git ${command} answered with too much output.`),
            );
          return;
        }
        chunks.push(chunk);
        size += chunk.length;
      });
      child.stderr?.on('data', (chunk: Buffer) => {
        if (stderr.length < MAX_STDERR) stderr += chunk.toString('utf8');
      });
      child.stdin?.on('error', () => undefined); // git may end before it has read everything
      child.stdin?.end(call.input ?? '');
      child.on('error', (error) => {
        settle();
        // A folder that is gone looks to the system like a program that is not there.
        const folder = call.workTree ?? call.gitDir ?? this.#cwd;
        const message = existsSync(folder)
          ? 'git can not be started. Install git 2.38 or newer.'
          : `git ${command} can not be started: its folder ${folder} is gone.`;
        reject(new HilError('service_unavailable', message, { cause: error }));
      });
      child.on('close', (code) => {
        // A helper (git remote-https) may outlive its parent when the group was told to end.
        if (force !== undefined) killGroup(child, 'SIGKILL');
        settle();
        if (failure !== undefined) reject(failure.error);
        else resolve({ code: code ?? 1, stdout: Buffer.concat(chunks), stderr, truncated });
      });
    });
  }
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone already.
  }
}
