// What Express says of itself, through express-list-endpoints: the stack of the running application.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import list from 'express-list-endpoints';

const [sample] = process.argv.slice(2);
const app = createRequire(join(sample, 'x.js'))('./src/app.js');
console.log(
  JSON.stringify(list(app).flatMap(({ path, methods }) => methods.map((one) => `${one} ${path}`))),
);
