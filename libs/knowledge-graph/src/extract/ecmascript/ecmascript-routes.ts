import type { FlatNode as Node } from '../../syntax/flat-node.js';
import { lineOf, stringValue, type FactsCollector } from '../facts-collector.js';

const ROUTE =
  /^(?:this\.)?(app|router|server|fastify|api|\w*(?:Router|App|Routes))\.(get|post|put|patch|delete|options|head|all)$/;

/**
 * Routes registered by a call such as `app.get('/users', list)`. The receiver must be named like a
 * router and the path start with a slash, so that `map.get('/x')` is not taken for one.
 */
export function readRoute(node: Node, callee: string, into: FactsCollector): void {
  const match = ROUTE.exec(callee);
  if (!match) return;
  const args = node.childForFieldName('arguments')?.namedChildren ?? [];
  const path = stringValue(args[0] ?? null);
  if (path === null || !path.startsWith('/') || args.length < 2) return;
  const last = args.at(-1);
  const isName = last?.type === 'identifier' || last?.type === 'member_expression';
  into.facts.routes.push({
    method: (match[2] ?? '').toUpperCase(),
    path,
    handler: last && isName ? last.text : null,
    line: lineOf(node),
  });
}
