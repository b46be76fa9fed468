import { describe, expect, it } from '@jest/globals';
import { graphOf } from '../fixtures/memory-project.js';

async function routesOf(files: Record<string, string>): Promise<string[]> {
  const { endpoints } = await graphOf(files);
  return endpoints.map(
    ({ method, path, handlerModuleId }) => `${method} ${path} ${handlerModuleId}`,
  );
}

const FACTORY = `export function createRouter() {
  const routes = [];
  async function handle(request, response) {
    const route = routes.find((one) => one.path === request.url);
    response.end(await route.handler(request));
  }
  return { get: (path, handler) => routes.push({ path, handler }), handle };
}
`;

const USE = `import { createServer } from 'node:http';
import { createRouter } from './made.js';
const router = createRouter();
router.get('/users', () => []);
router.get('name', () => []);
router.get('/cached');
createServer(router.handle).listen(1);
`;

describe('endpoints of a router that the project makes itself', () => {
  it('are what is registered on the object its function returns', async () => {
    const files = { 'made.js': FACTORY, 'server.js': USE };
    expect(await routesOf(files)).toEqual(['GET /users mod:server.js']);
  });

  it('are what is registered on an instance of its class, below mounts', async () => {
    const files = {
      'router.ts': `export class Router {
  post(path: string, ...handlers: Handler[]) { this.routes.push({ path, handlers }); }
  use(prefix: string, other: Router) { this.routes.push({ prefix, other }); }
  dispatch(req: Request, res: Response) { const found = this.find(req); found(req, res); }
}
`,
      'server.ts': `import { Router } from './router';
const app = new Router();
const users = new Router();
users.post('/add', save);
app.use('/users', users);
function save() { return 1; }
`,
    };
    expect(await routesOf(files)).toEqual(['POST /users/add mod:server.ts']);
  });

  it('are not invented from an HTTP client of the project, whatever it is given', async () => {
    const client = `export function createRouter() {
  const get = (path, done) => fetch(path).then(done);
  const send = (request) => fetch(request);
  return { get, send };
}
`;
    expect(await routesOf({ 'made.js': client, 'server.js': USE })).toEqual([]);
  });

  it('are not invented from clients of packages, nor in tests', async () => {
    const files = {
      'made.js': FACTORY,
      'client.js':
        "import axios from 'axios';\naxios.get('/users', { timeout: 1 });\naxios.get('/a', () => 1);\n",
      'test/server.test.js': USE.replace('./made.js', '../made.js'),
    };
    expect(await routesOf(files)).toEqual([]);
  });
});
