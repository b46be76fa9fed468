import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addTodo, completeTodo, todosOf } from '../src/todos.js';

test('a to-do belongs to its user', () => {
  addTodo('1', ' write tests ');
  assert.deepEqual(
    todosOf('1').map((todo) => todo.title),
    ['write tests'],
  );
  assert.deepEqual(todosOf('2'), []);
});

test('done to-dos come last', () => {
  const first = addTodo('2', 'first');
  addTodo('2', 'second');
  completeTodo(first.id);
  assert.deepEqual(
    todosOf('2').map((todo) => todo.title),
    ['second', 'first'],
  );
});

test('a to-do without a title is refused', () => {
  assert.throws(() => addTodo('1', ' '), { status: 400 });
});
