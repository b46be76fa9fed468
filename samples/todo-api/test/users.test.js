import assert from 'node:assert/strict';
import { test } from 'node:test';
import { displayName, findUser } from '../src/users.js';

test('findUser returns the user with that id', () => {
  assert.deepEqual(findUser('1'), { id: '1', name: 'Ada' });
});

test('an unknown id is a 404', () => {
  assert.throws(() => findUser('99'), { status: 404, message: 'no user 99' });
});

test('displayName shows name and id', () => {
  assert.equal(displayName('2'), 'Grace (#2)');
});
