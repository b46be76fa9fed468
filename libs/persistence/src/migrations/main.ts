/**
 * `node libs/persistence/dist/migrations/main.js`: brings the database of DATABASE_URL to the schema
 * of this release and ends; 0 when it is there, 1 with one line when it can't be.
 */
import { HilError } from '@hil/contracts';
import { applyMigrations } from './apply-migrations.js';

const url = process.env['DATABASE_URL'] ?? '';
if (url === '') {
  process.stderr.write('DATABASE_URL: is required (postgresql://...)\n');
  process.exit(1);
}
try {
  const applied = await applyMigrations(url);
  const done =
    applied.length === 0 ? 'the database is up to date' : `applied ${applied.join(', ')}`;
  process.stdout.write(`${done}\n`);
} catch (error) {
  const message = error instanceof HilError || error instanceof Error ? error.message : error;
  process.stderr.write(`${String(message)}\n`);
  process.exit(1);
}
