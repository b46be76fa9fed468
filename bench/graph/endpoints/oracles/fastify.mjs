// Fastify reports each route to an onRoute hook, with its whole address.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [sample] = process.argv.slice(2);
const { build } = await import(pathToFileURL(join(sample, 'app.js')).href);
const routes = [];
const app = await build((made) =>
  made.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) routes.push(`${one} ${url}`);
  }),
);
await app.close();
console.log(JSON.stringify(routes));
