export {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresLog,
} from './embedded-postgres/embedded-postgres.js';
export { applyMigrations, MIGRATIONS_DIR } from './migrations/apply-migrations.js';
export { openDatabase, type Database, type DatabaseLog } from './database/database.js';
export { tellingUnavailable } from './database/unavailable.js';
export { PostgresRunStorage } from './run-storage/postgres-run-storage.js';
export { PostgresGraphCache } from './graph-cache/postgres-graph-cache.js';
export { PostgresEffectLedger } from './effects/postgres-effect-ledger.js';
export { PostgresUsageLedger } from './models/postgres-usage-ledger.js';
export { PostgresProjectMemory } from './models/postgres-project-memory.js';
export { PostgresRunHistory } from './run-history/postgres-run-history.js';
