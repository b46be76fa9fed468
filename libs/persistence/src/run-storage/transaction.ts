import type pg from 'pg';

/**
 * Runs the work between BEGIN and COMMIT on a connection of its own; ROLLBACK when `keep` says no.
 * A connection that breaks, or is left in an aborted transaction, is thrown away, not put back.
 * @throws what the work or the connection threw; nothing was kept then
 */
export async function inTransaction<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
  keep: (result: T) => boolean = () => true,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // A connection lost between two queries is only told by this event, and unheard it ends the process.
  const onError = (error: Error): void => void (broken = error);
  client.on('error', onError);
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query(keep(result) ? 'COMMIT' : 'ROLLBACK');
    return result;
  } catch (error) {
    broken = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    client.removeListener('error', onError);
    client.release(broken);
  }
}
