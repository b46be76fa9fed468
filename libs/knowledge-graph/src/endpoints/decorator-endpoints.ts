import type { FileFacts, SymbolFact } from '../extract/file-facts.js';

export interface FoundEndpoint {
  method: string;
  path: string;
  /** Index of the handler in the file's symbols, when it is one. */
  symbol: number | null;
  auth: string | null;
}

const VERBS = 'get|post|put|patch|delete|head|options';
const NEST = new RegExp(`^@(${VERBS}|all)\\s*\\(\\s*(?:["'\`]([^"'\`]*)["'\`])?`, 'i');
const PYTHON = new RegExp(`^@([\\w.]+)\\.(route|${VERBS}|websocket)\\(\\s*[rf]?["']([^"']*)["']`);
const SPRING = /^@(Get|Post|Put|Patch|Delete|Request)Mapping\b/;
const ASPNET = /^\[(?:Http(Get|Post|Put|Patch|Delete|Head|Options))\b(?:\(\s*"([^"]*)")?/;
const AUTH =
  /^[@[](UseGuards|Authorize|PreAuthorize|Secured|RolesAllowed|login_required|jwt_required|permission_required)\b/;

/**
 * Endpoints that decorators, annotations or attributes declare: NestJS, Flask, FastAPI, Spring and
 * ASP.NET controllers, with the prefix of the class; plus the routes registered by calls.
 */
export function endpointsOf(facts: FileFacts): FoundEndpoint[] {
  const found: FoundEndpoint[] = [];
  facts.symbols.forEach((symbol, index) => {
    const owner = symbol.parent === null ? undefined : facts.symbols[symbol.parent];
    for (const { method, path } of declaredBy(symbol, owner, facts)) {
      const auth = [...symbol.decorators, ...(owner?.decorators ?? [])].find((one) =>
        AUTH.test(one),
      );
      found.push({ method, path, symbol: index, auth: auth ?? null });
    }
  });
  for (const { method, path, handler } of facts.routes) {
    const name = handler?.split('.').at(-1);
    const symbol = facts.symbols.findIndex((one) => one.name === name);
    found.push({ method, path, symbol: symbol === -1 ? null : symbol, auth: null });
  }
  return found;
}

function declaredBy(symbol: SymbolFact, owner: SymbolFact | undefined, facts: FileFacts) {
  switch (facts.language) {
    case 'typescript':
    case 'tsx':
    case 'javascript':
      return owner ? nest(symbol, owner) : [];
    case 'python':
      return symbol.decorators.flatMap((one) => python(one, facts));
    case 'java':
      return owner ? symbol.decorators.flatMap((one) => spring(one, owner)) : [];
    case 'csharp':
      return owner ? symbol.decorators.flatMap((one) => aspnet(one, symbol, owner)) : [];
    default:
      return [];
  }
}

function nest(symbol: SymbolFact, owner: SymbolFact): { method: string; path: string }[] {
  const controller = owner.decorators.find((one) => one.startsWith('@Controller'));
  if (!controller) return [];
  const prefix = /["'`]([^"'`]*)["'`]/.exec(controller)?.[1] ?? '';
  return symbol.decorators.flatMap((one) => {
    const match = NEST.exec(one);
    return match ? [{ method: verb(match[1]), path: join(prefix, match[2] ?? '') }] : [];
  });
}

function python(decorator: string, facts: FileFacts): { method: string; path: string }[] {
  const match = PYTHON.exec(decorator);
  if (!match) return [];
  const owner = facts.symbols.find((one) => one.name === match[1] && one.kind === 'variable');
  const prefix = /\b(?:url_)?prefix\s*=\s*["']([^"']*)["']/.exec(owner?.signature ?? '')?.[1] ?? '';
  const path = join(prefix, match[3] ?? '');
  if (match[2] !== 'route') return [{ method: verb(match[2]), path }];
  const listed = /methods\s*=\s*[[(]([^\])]*)[\])]/.exec(decorator)?.[1];
  const methods = listed?.match(/\w+/g) ?? ['GET'];
  return methods.map((one) => ({ method: verb(one), path }));
}

function spring(annotation: string, owner: SymbolFact): { method: string; path: string }[] {
  const match = SPRING.exec(annotation);
  if (!match) return [];
  const prefix = springPath(
    owner.decorators.find((one) => one.startsWith('@RequestMapping')) ?? '',
  );
  const named = /RequestMethod\.(\w+)/.exec(annotation)?.[1];
  const method = match[1] === 'Request' ? (named ?? 'ALL') : verb(match[1]);
  return [{ method, path: join(prefix, springPath(annotation)) }];
}

function springPath(annotation: string): string {
  return (
    /\(\s*(?:(?:value|path)\s*=\s*)?\{?\s*"([^"]*)"/.exec(annotation)?.[1] ??
    /(?:value|path)\s*=\s*\{?\s*"([^"]*)"/.exec(annotation)?.[1] ??
    ''
  );
}

function aspnet(
  attribute: string,
  symbol: SymbolFact,
  owner: SymbolFact,
): { method: string; path: string }[] {
  const match = ASPNET.exec(attribute);
  if (!match) return [];
  const route = owner.decorators.find((one) => one.startsWith('[Route('));
  const prefix = /"([^"]*)"/.exec(route ?? '')?.[1] ?? '';
  const path = join(prefix, match[2] ?? '')
    .replace('[controller]', owner.name.replace(/Controller$/, ''))
    .replace('[action]', symbol.name);
  return [{ method: verb(match[1]), path }];
}

function verb(text: string | undefined): string {
  return (text ?? '').toUpperCase();
}

function join(prefix: string, path: string): string {
  const parts = [...prefix.split('/'), ...path.split('/')].filter(Boolean);
  return `/${parts.join('/')}`;
}
