import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const BOOT_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 25_000;

/** Everything started here that may still run: a spec that is cut off must not leave servers behind. */
const alive = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

export interface AppOptions {
  /** Folder below `apps/`. */
  app: string;
  /** DATA_DIR, and the folder it runs in: no `.env` of this checkout is read. */
  dataDir: string;
  env: Readonly<Record<string, string>>;
  /** Matches the output once the app is ready; its first group is kept as `address`. */
  ready: RegExp;
  /** A command that runs the command behind it and becomes it, such as `unshare`. */
  within?: readonly string[];
}

/** A built app as a process of its own, as an operator starts it. */
export class AppProcess {
  output = '';
  address = '';
  private readonly exit: Promise<number | null>;

  private constructor(
    readonly options: AppOptions,
    private readonly child: ChildProcess,
  ) {
    alive.add(child);
    child.stdout?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.exit = new Promise((resolve) => {
      child.once('exit', (code) => {
        alive.delete(child);
        resolve(code);
      });
    });
  }

  /** Resolves when it is ready; throws with its output when it ends or hangs instead. */
  static async start(options: AppOptions): Promise<AppProcess> {
    const main = join(root, 'apps', options.app, 'dist/main.js');
    if (!existsSync(main)) {
      throw new Error(`${main} is missing: run "npm run build" before the end-to-end specs`);
    }
    await mkdir(options.dataDir, { recursive: true, mode: 0o700 });
    const argv = [...(options.within ?? []), process.execPath, '--enable-source-maps', main];
    const child = spawn(argv[0] ?? process.execPath, argv.slice(1), {
      cwd: options.dataDir,
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        DATA_DIR: options.dataDir,
        ...options.env,
      },
      // A group of its own: Ctrl-C at the spec's terminal must not reach it before the spec does.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const app = new AppProcess(options, child);
    const deadline = Date.now() + BOOT_LIMIT_MS;
    while (Date.now() < deadline && app.running) {
      const found = options.ready.exec(app.output);
      if (found !== null) {
        app.address = found[1] ?? '';
        return app;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await app.kill();
    throw new Error(`${options.app} did not become ready:\n${app.output.slice(-4_000)}`);
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** `kill -9` of this one process; what it had started is left to itself. */
  async kill(): Promise<void> {
    if (this.running) this.child.kill('SIGKILL');
    await this.exit;
  }

  /** SIGTERM; answers how long the orderly end took, in ms. One that takes too long is killed and throws. */
  async stop(): Promise<number> {
    const begun = performance.now();
    if (this.running) this.child.kill('SIGTERM');
    let late = false;
    const limit = setTimeout(() => {
      late = true;
      this.child.kill('SIGKILL');
    }, STOP_LIMIT_MS);
    const code = await this.exit;
    clearTimeout(limit);
    if (late)
      throw new Error(`${this.options.app} did not end on SIGTERM: ${this.output.slice(-2_000)}`);
    if (code !== 0 && code !== null) {
      throw new Error(`${this.options.app} ended with ${code}: ${this.output.slice(-2_000)}`);
    }
    return performance.now() - begun;
  }
}
