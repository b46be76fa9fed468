/**
 * Writes the SQL between the schema of the last migration and schema.prisma as a new migration.
 * Needs neither a database nor a network: each migration keeps a copy of the schema it leads to,
 * and Prisma's own differ compares the two.
 *
 *   node prisma/author-migration.mjs add_documents     a new migration
 *   node prisma/author-migration.mjs --replace-init    rewrites the only migration, before a release
 *
 * Read the SQL before you commit it: a rename is seen as drop and create.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ColumnTypeEnum, bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as engineModule from '@prisma/schema-engine-wasm/schema_engine_bg';

const here = fileURLToPath(new URL('.', import.meta.url));
const migrations = join(here, 'migrations');
const schemaFile = join(here, 'schema.prisma');

/**
 * The engine asks its connection once which PostgreSQL it speaks to, and nothing more when it
 * compares two schemas. 13 is the oldest release the product supports.
 */
const noDatabase = () => Promise.reject(new Error('Comparing schemas must not need a database.'));
const offlineConnection = {
  provider: 'postgres',
  adapterName: 'offline',
  queryRaw: ({ sql }) =>
    sql.includes('numeric_version')
      ? Promise.resolve({
          columnNames: ['exists', 'version', 'numeric_version'],
          columnTypes: [ColumnTypeEnum.Boolean, ColumnTypeEnum.Text, ColumnTypeEnum.Int32],
          rows: [[true, 'PostgreSQL 13.0', 130000]],
        })
      : noDatabase(),
  executeRaw: noDatabase,
  executeScript: noDatabase,
  startTransaction: noDatabase,
  getConnectionInfo: () => ({ schemaName: 'public', supportsRelationJoins: true }),
  dispose: () => Promise.resolve(),
};
const offlineAdapter = {
  provider: 'postgres',
  adapterName: 'offline',
  connect: () => Promise.resolve(offlineConnection),
  connectToShadowDb: noDatabase,
};

function stop(message) {
  console.error(message);
  process.exit(1);
}

/** SQL that leads from one schema to the other; `from` null is an empty database. */
async function diff(from, to) {
  const require = createRequire(import.meta.url);
  const engineFile = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const bytes = readFileSync(engineFile.replace(/\.js$/, '.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, {
    './schema_engine_bg.js': engineModule,
  });
  engineModule.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  const engine = await engineModule.SchemaEngine.new(
    { datamodels: undefined },
    () => {},
    bindMigrationAwareSqlAdapterFactory(offlineAdapter),
  );
  const target = (content) =>
    content === null
      ? { tag: 'empty' }
      : { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content }] };
  const { stdout } = await engine.diff({
    from: target(from),
    to: target(to),
    script: true,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] },
  });
  engine.free();
  // Every database has the schema "public"; to create it asks for a right that an ordinary
  // database user does not have, even when it exists.
  return (stdout ?? '').replace(/^-- CreateSchema\nCREATE SCHEMA IF NOT EXISTS "public";\s*/, '');
}

const argument = process.argv[2];
if (argument === undefined) stop('Say a name: node prisma/author-migration.mjs add_documents');

mkdirSync(migrations, { recursive: true });
const existing = readdirSync(migrations)
  .filter((name) => /^\d{14}_/.test(name))
  .sort();
let name;
let previous = null;
if (argument === '--replace-init') {
  if (existing.length > 1) stop('There is more than one migration: add a new one instead.');
  name = existing[0] ?? '20261122000000_init';
} else {
  if (!/^[a-z][a-z0-9_]*$/.test(argument)) stop('A name is lower case letters, digits and _.');
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  name = `${stamp}_${argument}`;
  const last = existing.at(-1);
  if (last !== undefined) previous = readFileSync(join(migrations, last, 'schema.prisma'), 'utf8');
}

const sql = await diff(previous, readFileSync(schemaFile, 'utf8'));
if (sql.trim() === '' || sql.includes('This is an empty migration')) stop('Nothing changed.');
const folder = join(migrations, name);
if (existsSync(folder)) rmSync(folder, { recursive: true });
mkdirSync(folder);
writeFileSync(join(folder, 'migration.sql'), sql.endsWith('\n') ? sql : `${sql}\n`);
cpSync(schemaFile, join(folder, 'schema.prisma'));
writeFileSync(
  join(migrations, 'migration_lock.toml'),
  '# Read by the Prisma CLI.\nprovider = "postgresql"\n',
);
console.log(`prisma/migrations/${name}/migration.sql`);
