import { notFound } from './errors.js';

const users = new Map([
  ['1', { id: '1', name: 'Ada' }],
  ['2', { id: '2', name: 'Grace' }],
]);

/** The user with that id. */
export function findUser(id) {
  const user = users.get(id);
  if (user === undefined) throw notFound(`no user ${id}`);
  return user;
}

/** The name to show for a user. */
export function displayName(id) {
  const { name } = findUser(id);
  return `${name} (#${id})`;
}
