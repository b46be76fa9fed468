import { shownAs } from '../auth.js';
import type { Dialect, RouterCall } from '../interpret/dialect.js';
import { Router, type RouteEntry } from '../interpret/router.js';
import { textOf, textsOf } from '../interpret/texts.js';
import type { Thing } from '../interpret/things.js';
import { joinRoute } from '../route-path.js';

const MAP = /^Map(Get|Post|Put|Patch|Delete)$/;

/** ASP.NET minimal APIs: `MapGet` and its like, groups, and extension methods that add more. */
export const aspnet: Dialect = {
  framework: 'aspnetcore',

  make({ package: from, member }, _call, env, run): Thing | null {
    if (from !== '' || env.unit.facts.language !== 'csharp') return null;
    return member === 'Build' || member === 'WebApplication.Create'
      ? run.view(new Router('aspnetcore', true))
      : null;
  },

  call(what: RouterCall): Thing | null | undefined {
    const { on, call, env, run } = what;
    const path = textOf(call.args[0], env, run);
    const verb = MAP.exec(call.name)?.[1];
    if (verb !== undefined || call.name === 'MapMethods' || call.name === 'Map') {
      if (path === null) return on;
      const methods =
        verb !== undefined
          ? [verb.toUpperCase()]
          : call.name === 'Map'
            ? ['ALL']
            : textsOf(call.args[1], env, run).map((one) => one.toUpperCase());
      on.router.route({
        methods,
        path: joinRoute(on.prefix, path),
        handler: call.args.at(-1) ?? { kind: 'unknown' },
        env,
        line: call.line,
        auth: on.auth,
      });
      return on;
    }
    switch (call.name) {
      case 'MapGroup': {
        // A group is a router of its own: what is said of it later holds for all its routes.
        const group = new Router('aspnetcore', false);
        on.router.mount(group, joinRoute(on.prefix, path ?? ''), on.auth);
        return run.view(group);
      }
      case 'RequireAuthorization':
      case 'AllowAnonymous':
        return guarded(what);
      default:
        return undefined;
    }
  },
};

/** On the route just mapped, or on a whole group. */
function guarded({ on, call }: RouterCall): Thing {
  const isRoute =
    call.on?.kind === 'call' && /^(?:Map(?!Group)|With|Produces|Accepts)/.test(call.on.name);
  const last = on.router.entries.at(-1);
  const auth = call.name === 'AllowAnonymous' ? '' : (shownAs({ ...call, on: null }) ?? call.name);
  if (isRoute && last?.kind === 'route') (last as RouteEntry).auth = auth;
  else if (auth !== '') on.router.guards.push({ prefix: '/', auth, order: 0 });
  return on;
}
