import { chmod, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HilError } from '@hil/contracts';
import pg from 'pg';
import { locateBinaries, type PostgresBinaries } from './binaries.js';
import { DATABASE_USER, ensureCluster } from './cluster.js';
import { OwnerLock } from './owner-lock.js';
import {
  isAlive,
  livePostmaster,
  startPostmaster,
  stopPostmaster,
  tailOf,
  type Postmaster,
} from './postmaster.js';
import { chooseRunAs, type RunAs } from './run-as.js';
import { prepareSocketFolder, SOCKET_PORT, socketFolderFor } from './socket-folder.js';

const DATABASE = 'hil';
/** Recovery after a crash is seconds at our WAL size; a slow disk gets its time. */
const START_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 15_000;
const MAX_BACKOFF_MS = 5_000;

export interface EmbeddedPostgresLog {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

export interface EmbeddedPostgres {
  /** For pg, Prisma and psql; names the socket folder, no password. */
  databaseUrl: string;
  /** True when a server left by a crash was taken over instead of started. */
  adopted: boolean;
  /** True when the database was made now. */
  created: boolean;
  /** The server's present process id. */
  pid(): number;
  /** Fast shutdown. Idempotent. Close your pools first: their connections are cut off. */
  stop(): Promise<void>;
}

/**
 * Runs PostgreSQL from npm on a folder of its own: socket only, in a folder only its owner may
 * enter, without TCP. The folder is made at the first start. A server left by a crash is adopted;
 * one that dies is started again until `stop()`.
 * @param options.dataDir its folder (`DATA_DIR/postgres`), made if missing; for nothing else.
 * @throws HilError `service_unavailable` when another live hil uses the folder, the platform has
 * no binaries, the cluster is of another major version, or the server does not come up.
 */
export async function startEmbeddedPostgres(options: {
  dataDir: string;
  log: EmbeddedPostgresLog;
}): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const clusterDir = join(dataDir, 'cluster');
  const [runAs, binaries] = await Promise.all([
    chooseRunAs(clusterDir),
    locateBinaries(join(dataDir, 'lib')),
  ]);
  // `nobody` must pass through to its cluster; the cluster itself stays 0700.
  await chmod(dataDir, runAs.kind === 'uid' ? 0o711 : 0o700);
  const created = await ensureCluster({ clusterDir, binaries, runAs });
  const server = new Server({ dataDir, clusterDir, runAs, binaries, log: options.log });
  const adopted = await server.ensureRunning();
  return {
    databaseUrl: server.url(DATABASE),
    adopted,
    created,
    pid: () => server.pid,
    stop: () => server.stop(),
  };
}

/** One cluster's server: started or adopted, watched through the owner lock's connection. */
class Server {
  pid = 0;
  private socketFolder: string;
  private readonly logFile: string;
  private lock: OwnerLock | undefined;
  private stopping: Promise<void> | undefined;
  private readonly stopped = new AbortController();
  private recovering: Promise<void> | undefined;

  constructor(
    private readonly options: {
      dataDir: string;
      clusterDir: string;
      runAs: RunAs;
      binaries: PostgresBinaries;
      log: EmbeddedPostgresLog;
    },
  ) {
    this.socketFolder = socketFolderFor(options.dataDir);
    this.logFile = join(options.dataDir, 'postgres.log');
  }

  url(database: string): string {
    const host = encodeURIComponent(this.socketFolder);
    return `postgresql://${DATABASE_USER}@localhost:${SOCKET_PORT}/${database}?host=${host}`;
  }

  /** Adopts or starts, then takes the owner lock. @returns true when adopted. */
  async ensureRunning(): Promise<boolean> {
    const { clusterDir, runAs, binaries, log, dataDir } = this.options;
    const until = Date.now() + START_LIMIT_MS;
    let child: Postmaster | undefined;
    let ended = false;
    let lastError: unknown;
    while (Date.now() < until) {
      if (this.stopped.signal.aborted) throw new Error('stopped while starting');
      if (child === undefined) {
        const live = await livePostmaster(clusterDir);
        if (live !== undefined && live.socketFolder !== '') this.socketFolder = live.socketFolder;
        if (live === undefined) {
          await prepareSocketFolder(this.socketFolder, runAs);
          const { socketFolder, logFile } = this;
          child = await startPostmaster({ binaries, runAs, clusterDir, socketFolder, logFile });
          void child.exited.then(() => (ended = true));
        }
      }
      try {
        this.lock = await OwnerLock.take(this.url('postgres'), dataDir);
        const live = await livePostmaster(clusterDir);
        this.pid = live?.pid ?? child?.pid ?? 0;
        await this.ensureDatabase();
        void this.lock.lost.then(() => this.recover());
        const adopted = child === undefined || child.pid !== this.pid;
        log.info({ pid: this.pid, adopted, folder: dataDir }, 'embedded PostgreSQL is ready');
        return adopted;
      } catch (error) {
        await this.lock?.release();
        this.lock = undefined;
        if (error instanceof HilError) throw error;
        lastError = error;
      }
      if (ended) {
        // Somebody else's server may have won the race for postmaster.pid: look again.
        if ((await livePostmaster(clusterDir)) === undefined) break;
        child = undefined;
        ended = false;
      }
      await sleep(25);
    }
    if (child !== undefined && !ended) await stopPostmaster(child.pid, STOP_LIMIT_MS);
    throw new HilError(
      'service_unavailable',
      `The embedded PostgreSQL did not start. The end of ${this.logFile}:\n${await tailOf(this.logFile, 5)}`,
      { cause: lastError, retryable: true },
    );
  }

  /** Every connection is gone although nobody asked for it: brings the server back. */
  private recover(): Promise<void> {
    if (this.stopping !== undefined) return Promise.resolve();
    this.recovering ??= this.bringBack().finally(() => (this.recovering = undefined));
    return this.recovering;
  }

  private async bringBack(): Promise<void> {
    this.options.log.warn({ pid: this.pid }, 'embedded PostgreSQL went away, bringing it back');
    for (let attempt = 0; !this.stopped.signal.aborted; attempt += 1) {
      try {
        await this.ensureRunning();
        return;
      } catch (error) {
        if (this.stopped.signal.aborted) return;
        const delay = Math.min(100 * 2 ** attempt, MAX_BACKOFF_MS);
        this.options.log.error({ err: error, retryInMs: delay }, 'embedded PostgreSQL is down');
        await sleep(delay, undefined, { signal: this.stopped.signal }).catch(() => undefined);
      }
    }
  }

  private async ensureDatabase(): Promise<void> {
    const client = new pg.Client({ connectionString: this.url('postgres') });
    client.on('error', () => undefined);
    await client.connect();
    try {
      const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [
        DATABASE,
      ]);
      if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
    } finally {
      await client.end();
    }
  }

  stop(): Promise<void> {
    this.stopping ??= (async () => {
      this.stopped.abort();
      await this.recovering;
      if (this.pid > 0 && isAlive(this.pid)) await stopPostmaster(this.pid, STOP_LIMIT_MS);
      await this.lock?.release();
    })();
    return this.stopping;
  }
}
