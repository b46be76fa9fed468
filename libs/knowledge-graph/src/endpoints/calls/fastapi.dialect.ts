import type { Value } from '../../extract/routing/routing-facts.js';
import { shownAs } from '../auth.js';
import { option, type Dialect, type RouterCall } from '../interpret/dialect.js';
import { Router } from '../interpret/router.js';
import { textOf, textsOf } from '../interpret/texts.js';
import type { Thing } from '../interpret/things.js';
import { joinStrictly } from '../route-path.js';
import { methodOf } from './http-methods.js';

/** FastAPI and the Starlette below it: decorators, `include_router`, `add_api_route`, `mount`. */
export const fastapi: Dialect = {
  framework: 'fastapi',

  make({ package: from, member }, call, env, run): Thing | null {
    if (!/^(?:fastapi|starlette)(?:\.|$)/.test(from)) return null;
    const guard = guardIn(option(call, 'dependencies'));
    if (member === 'FastAPI') return run.view(new Router('fastapi', true, '', guard));
    if (member !== 'APIRouter') return null;
    const prefix = textOf(option(call, 'prefix'), env, run) ?? '';
    return run.view(new Router('fastapi', false, prefix, guard));
  },

  call(what: RouterCall): Thing | null | undefined {
    const { on, call, env, run, decorates } = what;
    const path = textOf(option(call, 'path') ?? call.args[0], env, run);
    const handler: Value | undefined =
      decorates === null
        ? (option(call, 'endpoint') ?? call.args[1])
        : { kind: 'name', name: decorates };
    const method = methodOf(call.name);
    switch (call.name) {
      case 'websocket':
      case 'add_api_websocket_route':
        return path === null || !handler ? on : add(what, ['WEBSOCKET'], path, handler);
      case 'api_route':
      case 'add_api_route':
      case 'route':
      case 'add_route': {
        const given = option(call, 'methods');
        const methods = given ? textsOf(given, env, run).map((one) => one.toUpperCase()) : ['GET'];
        return path === null || !handler ? on : add(what, methods, path, handler);
      }
      case 'include_router': {
        const child = call.args[0] ? run.names.settle(run.evaluate(call.args[0], env)) : null;
        const given = option(call, 'prefix');
        const prefix = given === null ? '' : textOf(given, env, run);
        if (child?.kind !== 'router' || prefix === null) run.hasUnknownMount = true;
        else on.router.mount(child.router, prefix, guardIn(option(call, 'dependencies')));
        return on;
      }
      case 'mount': {
        const child = call.args[1] ? run.names.settle(run.evaluate(call.args[1], env)) : null;
        if (child?.kind === 'router' && path !== null) on.router.mount(child.router, path);
        return on;
      }
      default:
        if (method === null || method === 'ALL') return undefined;
        return path === null || decorates === null || !handler
          ? on
          : add(what, [method], path, handler);
    }
  },
};

function add(
  { on, call, env }: RouterCall,
  methods: string[],
  path: string,
  handler: Value,
): Thing {
  on.router.route({
    methods,
    path: on.prefix === '' ? path : joinStrictly(on.prefix, path),
    handler,
    env,
    line: call.line,
    auth: guardIn(option(call, 'dependencies')),
  });
  return on;
}

/** `dependencies=[Depends(current_user)]`; anything that is required counts as a guard only by its name. */
function guardIn(value: Value | null): string | null {
  if (value?.kind !== 'list') return null;
  const found = value.items.find(
    (one) => one.kind === 'call' && /^(?:Depends|Security)$/.test(one.name),
  );
  const shown = found ? shownAs(found) : null;
  return shown !== null &&
    /auth|user|token|key|login|admin|permission|role|verify|Security/i.test(shown)
    ? shown
    : null;
}
