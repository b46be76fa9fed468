import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { WORKER_APPS, type WorkerApp } from '@hil/contracts';
import { type Messaging, createMessaging } from '@hil/messaging';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@hil/persistence';
import { selectSandbox } from '@hil/sandbox';
import {
  FakeForge,
  type FileMap,
  type TemporaryDirectory,
  type TestRepository,
  createRepository,
  temporaryDirectory,
} from '@hil/testing';
import pg from 'pg';
import { AppProcess } from '../../support/app-process.js';
import { Chat } from '../../support/chat.js';
import { type RedisServer, startRedis } from '../../support/redis-server.js';

export type AppName = WorkerApp | 'gateway';

/** A repository and where the product clones it from. */
export interface Served extends TestRepository {
  url: string;
  /** `owner/name` at the forge. */
  name: string;
}

const run = promisify(execFile);
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * The five apps as processes on a Redis, a PostgreSQL and a forge of their own, each of which
 * a case may kill, pause, fill or cut off. What dies is started again by who killed it, as a
 * supervisor would.
 */
export class Fleet {
  readonly apps: AppProcess[] = [];
  private readonly chats: Chat[] = [];
  private readonly repositories: TestRepository[] = [];
  private folders = 0;

  private constructor(
    private readonly folder: TemporaryDirectory,
    readonly redis: RedisServer,
    readonly postgres: EmbeddedPostgres,
    /** Counts what it is asked to do: git over HTTP and the API of GitHub. */
    readonly forge: FakeForge,
    /** A look into the rows, beside all apps. */
    readonly rows: pg.Pool,
    readonly messaging: Messaging,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  /** Servers only; {@link boot} starts the apps. */
  static async prepare(settings: Readonly<Record<string, string>> = {}): Promise<Fleet> {
    const folder = await temporaryDirectory('hil-faults-');
    const redis = await startRedis();
    const postgres = await startEmbeddedPostgres({
      dataDir: join(folder.path, 'postgres'),
      log: silent,
    });
    const forge = await FakeForge.start();
    const { driver } = await selectSandbox({ mode: 'auto' });
    const rows = new pg.Pool({ connectionString: postgres.databaseUrl, max: 2 });
    rows.on('error', () => undefined);
    const messaging = await createMessaging({
      redisUrl: redis.url,
      databaseUrl: postgres.databaseUrl,
      prefix: 'hil',
      logger: silent,
    });
    return new Fleet(folder, redis, postgres, forge, rows, messaging, {
      ...forge.githubSettings(forge.addUser('hil')),
      DATABASE_URL: postgres.databaseUrl,
      REDIS_URL: redis.url,
      QUEUE_PREFIX: 'hil',
      HOST: '127.0.0.1',
      AUTH_MODE: 'none',
      PORT: '0',
      HEALTH_PORT: '0',
      REPO_ALLOW_HTTP: 'true',
      REPO_ALLOWED_HOSTS: forge.host,
      WEBSOCKET_MESSAGES_PER_MINUTE: '1000000',
      WEBSOCKET_MAX_CONNECTIONS_PER_USER: '1000',
      MAX_ACTIVE_RUNS_PER_USER: '1000',
      SANDBOX: driver === null ? 'process' : 'auto',
      ...settings,
    });
  }

  static async boot(settings: Readonly<Record<string, string>> = {}): Promise<Fleet> {
    const fleet = await Fleet.prepare(settings);
    try {
      await fleet.start('gateway');
      for (const app of WORKER_APPS) await fleet.start(app);
      return fleet;
    } catch (error) {
      await fleet.stop();
      throw error;
    }
  }

  /** One more process of this app; `within` is a command that runs the command it is given. */
  async start(
    app: AppName,
    more: Readonly<Record<string, string>> = {},
    dataDir = join(this.folder.path, `${app}-${(this.folders += 1)}`),
    within?: readonly string[],
  ): Promise<AppProcess> {
    const ready = app === 'gateway' ? /"address":"([^"]+)"/ : new RegExp(`${app} is ready`);
    const started = await AppProcess.start({
      app,
      dataDir,
      env: { ...this.env, ...more },
      ready,
      ...(within === undefined ? {} : { within }),
    });
    this.apps.push(started);
    return started;
  }

  /** A path of its own for what a case needs. */
  path(name: string): string {
    return join(this.folder.path, name);
  }

  running(app: AppName): AppProcess[] {
    return this.apps.filter(({ options, running }) => options.app === app && running);
  }

  /** The oldest process of this app that runs. */
  one(app: AppName): AppProcess {
    const [found] = this.running(app);
    if (found === undefined) throw new Error(`no ${app} runs`);
    return found;
  }

  /** `kill -9`; resolves when it is dead, `again` when its successor is ready. */
  async crash(app: AppName): Promise<{ at: number; again: Promise<AppProcess> }> {
    const victim = this.one(app);
    const { dataDir } = victim.options;
    const at = performance.now();
    await victim.kill();
    const again = this.start(app, {}, dataDir);
    again.catch(() => undefined);
    return { at, again };
  }

  /** `kill -9` of every app at once, and a start of each. */
  async crashAll(): Promise<void> {
    const victims = this.apps.filter(({ running }) => running);
    await Promise.all(victims.map((victim) => victim.kill()));
    for (const { options } of victims) {
      await this.start(options.app as AppName, {}, options.dataDir);
    }
  }

  /** SIGTERM, then a start; answers how long the stop took, in ms. */
  async restart(app: AppName): Promise<number> {
    const old = this.one(app);
    const took = await old.stop();
    await this.start(app, {}, old.options.dataDir);
    return took;
  }

  /** Immediate shutdown: no connection is told, and the next start recovers from the log. */
  async crashPostgres(): Promise<void> {
    const pid = this.postgres.pid();
    process.kill(pid, 'SIGQUIT');
    for (;;) {
      const up = await this.rows.query('SELECT 1').then(
        () => this.postgres.pid() !== pid,
        () => false,
      );
      if (up) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** To pause the server, so that it is there and answers nobody. */
  async redisPid(): Promise<number> {
    const { stdout } = await run('redis-cli', ['-u', this.redis.url, 'INFO', 'server']);
    return Number(/process_id:(\d+)/.exec(stdout)?.[1]);
  }

  async open(query = '', gateway: AppProcess = this.one('gateway')): Promise<Chat> {
    const chat = await Chat.open(gateway.address, query);
    this.chats.push(chat);
    return chat;
  }

  async serve(files: FileMap): Promise<Served> {
    const repository = await createRepository(files);
    this.repositories.push(repository);
    const name = `repository-${this.repositories.length}`;
    const url = this.forge.addRepository({
      owner: 'acme',
      name,
      bare: repository.bare,
      protectedBranches: ['main'],
      collaborators: { hil: 'write' },
    });
    return { ...repository, url, name: `acme/${name}` };
  }

  /** How many effects the outside world has seen up to now: what reached git, and what was opened. */
  seen(): { pushes: number; pulls: number } {
    return { pushes: this.forge.counts.pushes, pulls: this.forge.pulls().length };
  }

  /** The branches a repository has beside main, as `sha ref`. */
  async branches(repository: Served): Promise<string[]> {
    const heads = await repository.git('ls-remote', '--heads', repository.bare);
    return heads.split('\n').filter((line) => line !== '' && !line.endsWith('refs/heads/main'));
  }

  /** Runs that a worker holds a lease of now. */
  async atWork(states: readonly string[]): Promise<string[]> {
    const { rows } = await this.rows.query<{ id: string }>(
      'SELECT id FROM run WHERE state = ANY($1::text[]) AND lease_until > now()',
      [states],
    );
    return rows.map(({ id }) => id);
  }

  /** After each case: nobody listens any more, and the forge is healthy. */
  calm(): void {
    for (const chat of this.chats.splice(0)) chat.close();
    this.forge.calm();
  }

  /** What the processes wrote, for a failure that has to be understood. */
  log(): string {
    return this.apps.map(({ options, output }) => `== ${options.app}\n${output}`).join('\n');
  }

  async stop(): Promise<void> {
    this.calm();
    await Promise.allSettled(this.apps.map((app) => app.kill()));
    await Promise.allSettled([this.messaging.queue.close(), this.messaging.bus.close()]);
    await this.rows.end().catch(() => undefined);
    await this.postgres.stop();
    await this.redis.stop();
    await this.forge.close();
    await Promise.all(this.repositories.map((repository) => repository.remove()));
    await this.folder.remove();
  }
}
