import { badRequest, notFound } from './errors.js';
import { findUser } from './users.js';

const todos = [];

/** Adds a to-do to a user's list. */
export function addTodo(userId, title) {
  const owner = findUser(userId);
  if (typeof title !== 'string' || title.trim() === '') throw badRequest('title is required');
  const todo = { id: String(todos.length + 1), ownerId: owner.id, title: title.trim(), done: false };
  todos.push(todo);
  return todo;
}

/** The to-dos of a user, open ones first. */
export function todosOf(userId) {
  const owner = findUser(userId);
  return todos.filter((todo) => todo.ownerId === owner.id).sort((a, b) => a.done - b.done);
}

/** Marks a to-do as done. */
export function completeTodo(id) {
  const todo = todos.find((entry) => entry.id === id);
  if (todo === undefined) throw notFound(`no todo ${id}`);
  todo.done = true;
  return todo;
}
