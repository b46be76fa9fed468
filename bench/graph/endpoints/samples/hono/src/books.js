import { Hono } from 'hono';

const books = new Hono()
  .get('/', (c) => c.json([]))
  .get('/:id', show)
  .post('/', (c) => c.json({}, 201));

function show(c) {
  return c.json({});
}
export default books;
