import { defineConfig } from 'prisma/config';

/** Read by the Prisma CLI only; the product reads DATABASE_URL through libs/config. */
export default defineConfig({
  schema: 'schema.prisma',
  migrations: { path: 'migrations' },
  // Not `env()`: generate and validate need no database, and it throws when the name is unset.
  datasource: { url: process.env.DATABASE_URL ?? '' },
});
