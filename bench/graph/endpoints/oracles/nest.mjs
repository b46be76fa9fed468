// The router of the HTTP server below a started Nest application.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ExpressAdapter } from '@nestjs/platform-express';

const [sample] = process.argv.slice(2);
const { bootstrap } = await import(pathToFileURL(join(sample, 'src/main.js')).href);
// Nest's own answer for what is not found is a layer of the router, too, but no route of the application.
ExpressAdapter.prototype.setNotFoundHandler = () => undefined;
const app = await bootstrap();
const routes = app
  .getHttpAdapter()
  .getInstance()
  .router.stack.flatMap(({ route }) =>
    route === undefined
      ? []
      : Object.keys(route.methods).map((one) => `${one.toUpperCase()} ${route.path}`),
  );
await app.close();
console.log(JSON.stringify(routes));
