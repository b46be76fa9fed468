import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createApp } from '../src/server.js';
import { findUser } from '../src/users.js';

const app = createApp();
let base;

before(async () => {
  await new Promise((resolve) => app.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${app.address().port}`;
});
after(() => app.close());

test('GET /users/:id answers what findUser returns', async () => {
  const response = await fetch(`${base}/users/1`);
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), findUser('1'));
});

test('POST /users/:id/todos adds a to-do', async () => {
  const response = await fetch(`${base}/users/1/todos`, {
    method: 'POST',
    body: JSON.stringify({ title: 'call Grace' }),
  });
  assert.equal((await response.json()).title, 'call Grace');
});

test('an unknown route is a 404', async () => {
  assert.equal((await fetch(`${base}/nowhere`)).status, 404);
});
