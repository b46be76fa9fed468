import { isTestPath } from '../discover/test-files.js';
import type { CallResolver } from '../resolve/call-resolver.js';
import type { SymbolTable } from '../resolve/symbol-table.js';
import { aspnetControllers } from './annotations/aspnet-controllers.js';
import { nestEndpoints } from './annotations/nest.js';
import { springEndpoints } from './annotations/spring.js';
import { aspnet } from './calls/aspnet.dialect.js';
import { express } from './calls/express.dialect.js';
import { fastapi } from './calls/fastapi.dialect.js';
import { fastify } from './calls/fastify.dialect.js';
import { flask } from './calls/flask.dialect.js';
import { hono } from './calls/hono.dialect.js';
import { routesOf } from './calls/routes-of.js';
import { ownRouter } from './calls/own-router.dialect.js';
import { restFramework } from './django-routers.js';
import { djangoEndpoints } from './django.js';
import type { FoundEndpoint } from './found-endpoint.js';
import { Interpreter } from './interpret/interpreter.js';
import { nextEndpoints } from './next-routes.js';

const DIALECTS = [express, fastify, hono, flask, fastapi, aspnet, restFramework, ownRouter];

/** What manifests and settings say that routes depend on. */
export interface EndpointSettings {
  /** Folders of packages that use Next.js, with their base path. */
  nextRoots: ReadonlyMap<string, string>;
  /** `server.servlet.context-path` of a Spring application. */
  springContextPath: string;
}

/** Every route that the project serves, by whatever framework; test files register none. */
export function findEndpoints(
  table: SymbolTable,
  calls: CallResolver,
  settings: EndpointSettings,
): FoundEndpoint[] {
  const units = [...table.units.values()].filter(({ path }) => !isTestPath(path));
  const routed = units.filter(({ facts }) => facts.routing !== null);
  const run = new Interpreter(table, DIALECTS);
  for (const unit of routed) run.module(unit);
  run.runRest(routed);
  const django = djangoEndpoints(run, routed);
  const found = [
    ...nestEndpoints(run, routed),
    ...routesOf(run, calls).filter(({ framework }) => framework !== 'djangorestframework'),
    ...django,
    ...springEndpoints(run, routed, settings.springContextPath),
    ...aspnetControllers(run, routed),
    ...nextEndpoints(units, settings.nextRoots),
  ];
  const seen = new Set<string>();
  return found
    .filter(({ method, path, file, line }) => {
      const key = `${method} ${path} ${file} ${line}`;
      return !seen.has(key) && seen.add(key);
    })
    .sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line));
}
