import Fastify from 'fastify';
import auth from './plugins/auth.js';
import users from './routes/users.js';
import { orders, VERSION } from './routes/orders.js';

export async function build(listen = (app) => app) {
  const app = listen(Fastify({ logger: false }));
  await app.register(auth);
  app.get('/', async () => ({ ok: true }));
  app.register(users, { prefix: '/users' });
  app.register(orders, { prefix: VERSION });
  app.register(
    async (inner) => {
      inner.addHook('onRequest', inner.authenticate);
      inner.delete('/cache', async () => ({}));
      inner.register(async (deep) => deep.get('/stats', async () => ({})), { prefix: '/deep' });
    },
    { prefix: '/admin' },
  );
  app.route({ method: ['GET', 'POST'], url: '/form', handler: form });
  await app.ready();
  return app;
}

async function form() {
  return {};
}
