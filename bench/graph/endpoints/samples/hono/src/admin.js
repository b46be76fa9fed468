import { Hono } from 'hono';

export function admin() {
  const router = new Hono();
  router.get('/users/:name', (c) => c.json({}));
  const inner = new Hono().basePath('/inner');
  inner.patch('/x', (c) => c.json({}));
  router.route('/more', inner);
  return router;
}
