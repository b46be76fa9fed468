import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';
import type * as EngineModule from '@prisma/schema-engine-wasm/schema_engine_bg';
import type pg from 'pg';

/** What we use of the global; TypeScript declares it only together with the browser's types. */
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array,
    imports: Record<string, object>,
  ): Promise<{ instance: { exports: { __wbindgen_start(): void } } }>;
};

/** The engine's module and memory are one for the whole process; a second would break the first. */
let loaded: Promise<typeof EngineModule> | undefined;

async function loadEngine(): Promise<typeof EngineModule> {
  const engineModule = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const require = createRequire(import.meta.url);
  const file = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  // The package's main entry imports the .wasm file, which Node can't do without a flag.
  const { instance } = await WebAssembly.instantiate(
    await readFile(file.replace(/\.js$/, '.wasm')),
    { './schema_engine_bg.js': engineModule },
  );
  engineModule.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return engineModule;
}

/**
 * Prisma's own schema engine as WebAssembly on a `pg` pool: the same code and the same
 * `_prisma_migrations` rows as `prisma migrate deploy`, without the downloaded binary. Imported
 * only when it is needed (50 ms).
 */
export async function openSchemaEngine(pool: pg.Pool): Promise<SchemaEngine> {
  const { SchemaEngine } = await (loaded ??= loadEngine());
  return SchemaEngine.new(
    { datamodels: undefined },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(new PrismaPg(pool)),
  );
}
