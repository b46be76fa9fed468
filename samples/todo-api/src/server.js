import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';
import { createRouter } from './router.js';
import { addTodo, completeTodo, todosOf } from './todos.js';
import { findUser } from './users.js';

/** The HTTP server, not yet listening. */
export function createApp() {
  const router = createRouter();
  router.get('/users/:id', ({ params }) => findUser(params.id));
  router.get('/users/:id/todos', ({ params }) => todosOf(params.id));
  router.post('/users/:id/todos', ({ params, body }) => addTodo(params.id, body.title));
  router.post('/todos/:id/done', ({ params }) => completeTodo(params.id));
  return createServer(router.handle);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const port = Number(process.env.PORT ?? 3000);
  createApp().listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}`));
}
