// Hono's own list of routes; middleware is told apart by `inspectRoutes`.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspectRoutes } from 'hono/dev';

const [sample] = process.argv.slice(2);
const { default: app } = await import(pathToFileURL(join(sample, 'src/app.js')).href);
console.log(
  JSON.stringify(
    inspectRoutes(app)
      .filter(({ isMiddleware }) => !isMiddleware)
      .map(({ method, path }) => `${method} ${path}`),
  ),
);
