// As express.mjs, of a TypeScript application that was compiled before.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import list from 'express-list-endpoints';

const [sample] = process.argv.slice(2);
const { server } = await import(pathToFileURL(join(sample, 'src/app.js')).href);
console.log(
  JSON.stringify(
    list(server.app).flatMap(({ path, methods }) => methods.map((one) => `${one} ${path}`)),
  ),
);
