/** Methods that router calls are named after, in lower case. */
const VERBS = new Set(['get', 'post', 'put', 'patch', 'delete', 'options', 'head', 'trace']);

/** `GET` of `get`, `ALL` of `all`; null for a name that registers no route. */
export function methodOf(name: string): string | null {
  if (name === 'all' || name === 'any') return 'ALL';
  return VERBS.has(name) ? name.toUpperCase() : null;
}
