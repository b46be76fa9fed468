import { Hono } from 'hono';
import { bearerAuth } from 'hono/bearer-auth';
import books from './books.js';
import { admin } from './admin.js';

const app = new Hono();
app.get('/', (c) => c.text('ok'));
app.route('/books', books);

const v1 = app.basePath('/v1');
v1.get('/ping', (c) => c.text('pong')).post((c) => c.text('posted'));
v1.on(['PUT', 'DELETE'], ['/thing', '/things'], (c) => c.body(null));

app.use('/admin/*', bearerAuth({ token: 'x' }));
app.route('/admin', admin());
app.all('/all', (c) => c.text('all'));

export default app;
