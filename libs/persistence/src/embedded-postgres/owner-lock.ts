import { HilError } from '@hil/contracts';
import pg from 'pg';

/** Any fixed number; "hil" in ASCII. */
const LOCK_KEY = 0x68696c;
const OWNER_PREFIX = 'hil-owner:';

/**
 * Says whose folder it is: a session of PostgreSQL itself that holds an advisory lock, so the
 * claim ends with the process that made it, however it ends, and two starters can't both win.
 * The same connection tells us at once when the server dies.
 */
export class OwnerLock {
  /** Resolves when the connection ends without {@link release}. */
  readonly lost: Promise<void>;
  private released = false;

  private constructor(private readonly client: pg.Client) {
    this.lost = new Promise((done) => {
      client.once('end', () => {
        if (!this.released) done();
      });
    });
  }

  /**
   * @throws HilError `service_unavailable` when a live process holds it; the driver's error when
   * the server does not answer.
   */
  static async take(databaseUrl: string, dataDir: string): Promise<OwnerLock> {
    const client = new pg.Client({
      connectionString: databaseUrl,
      application_name: `${OWNER_PREFIX}${process.pid}`,
      connectionTimeoutMillis: 5_000,
    });
    // 'end' follows; the reason is in PostgreSQL's log.
    client.on('error', () => undefined);
    await client.connect();
    const lock = new OwnerLock(client);
    try {
      const { rows } = await client.query<{ taken: boolean }>(
        'SELECT pg_try_advisory_lock($1) AS taken',
        [LOCK_KEY],
      );
      if (rows[0]?.taken === true) return lock;
      const owner = await client.query<{ name: string }>(
        `SELECT a.application_name AS name FROM pg_locks l JOIN pg_stat_activity a USING (pid)
         WHERE l.locktype = 'advisory' AND l.granted AND l.objid = $1`,
        [LOCK_KEY],
      );
      const name = owner.rows[0]?.name.replace(OWNER_PREFIX, 'process ') ?? 'a process';
      throw new HilError(
        'service_unavailable',
        `Another hil (${name}) is using the data folder ${dataDir}. Stop it, or start this one with another DATA_DIR and PORT.`,
      );
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  async release(): Promise<void> {
    if (this.released) return;
    this.released = true;
    await this.client.end().catch(() => undefined);
  }
}
