import type { SourceUnit } from '../../resolve/source-unit.js';
import type { Dialect } from './dialect.js';
import type { Router } from './router.js';

/** What people call the router that is handed to a function. */
const ROUTER_NAME =
  /^(?:app|application|server|router|route|routes|api|fastify|instance|web|group|builder|endpoints|\w+(?:Router|App))$/;

/** True for a parameter whose name says that it takes a router. */
export function isRouterName(name: string): boolean {
  return ROUTER_NAME.test(name);
}

/** The framework that calls on a router of unknown making belong to, in a file; null when none is near. */
export function frameworkOf(
  unit: SourceUnit,
  dialects: readonly Dialect[],
  routers: readonly Router[],
): string | null {
  const named = dialects.find(({ framework }) =>
    unit.facts.imports.some(({ raw }) => raw === framework || raw.startsWith(`${framework}/`)),
  );
  if (named) return named.framework;
  if (unit.facts.language === 'csharp') return 'aspnetcore';
  const { language } = unit.facts;
  if (language === 'python' || language === 'java') return null;
  const first = routers.find((one) => ['express', 'fastify', 'hono'].includes(one.framework));
  return first?.framework ?? null;
}
