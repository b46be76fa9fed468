import { guardAmong } from '../auth.js';
import { option, type Dialect, type RouterCall } from '../interpret/dialect.js';
import { Router } from '../interpret/router.js';
import { textOf, textsOf } from '../interpret/texts.js';
import type { RouterView, Thing } from '../interpret/things.js';
import { joinRoute } from '../route-path.js';
import { methodOf } from './http-methods.js';

const CLASSES = new Set(['Hono', 'OpenAPIHono', 'HonoBase']);

/** Hono: chained verbs, `on`, `route`, `basePath`, and `createRoute` objects of its OpenAPI variant. */
export const hono: Dialect = {
  framework: 'hono',

  make({ package: from, member }, call, env, run): Thing | null {
    if (!/^(?:hono|@hono\/)/.test(from)) return null;
    if (!CLASSES.has(member) && member !== 'createApp') return null;
    const prefix = textOf(option(call, 'basePath'), env, run) ?? '';
    return run.view(new Router('hono', true), prefix);
  },

  call(what: RouterCall): Thing | null | undefined {
    const { on, call, env, run } = what;
    const method = methodOf(call.name);
    const [first, second] = call.args;
    if (method !== null) {
      const paths = textsOf(first, env, run).filter((path) => /^[/*]/.test(path));
      // Without a path the handlers belong to the path of the verb before.
      const used = paths.length > 0 ? paths : on.at === undefined ? [] : [on.at];
      if (call.args.length > (paths.length > 0 ? 1 : 0))
        add(what, [method], used, paths.length > 0);
      return used[0] === undefined ? on : { ...on, at: used[0] };
    }
    switch (call.name) {
      case 'on':
        add(
          what,
          textsOf(first, env, run).map((one) => one.toUpperCase()),
          textsOf(second, env, run),
          true,
        );
        return on;
      case 'use': {
        const paths = textsOf(first, env, run);
        const auth = guardAmong(paths.length > 0 ? call.args.slice(1) : call.args);
        if (auth !== null) on.router.guard(joinRoute(on.prefix, paths[0] ?? '/'), auth);
        return on;
      }
      case 'basePath': {
        const path = textOf(first, env, run);
        return path === null ? on : { ...on, prefix: joinRoute(on.prefix, path) };
      }
      case 'route': {
        const path = textOf(first, env, run);
        const sub = second ? run.names.settle(run.evaluate(second, env)) : null;
        if (sub?.kind === 'router' && path !== null)
          on.router.mount(sub.router, joinRoute(on.prefix, path));
        else if (path !== null) run.hasUnknownMount = true;
        return on;
      }
      case 'openapi': {
        openApi(what);
        return on;
      }
      case 'notFound':
      case 'onError':
      case 'doc':
        return on;
      default:
        return undefined;
    }
  },
};

function add(
  { on, call, env }: RouterCall,
  methods: string[],
  paths: string[],
  hasPath: boolean,
): void {
  const handlers = hasPath ? call.args.slice(call.name === 'on' ? 2 : 1) : call.args;
  for (const path of paths) {
    on.router.route({
      methods,
      path: joinRoute(on.prefix, path),
      handler: handlers.at(-1) ?? { kind: 'unknown' },
      env,
      line: call.line,
      auth: guardAmong(handlers.slice(0, -1)) ?? on.auth,
    });
  }
}

/** `app.openapi(createRoute({ method, path }), handler)` */
function openApi({ on, call, env, run }: RouterCall): RouterView {
  const [given] = call.args;
  let made = given;
  let home = env;
  if (given?.kind === 'name') {
    const held = run.evaluate(given, env);
    if (held?.kind === 'value') [made, home] = [held.value, held.env];
  }
  const route = made?.kind === 'call' ? made.args[0] : made;
  if (route?.kind !== 'record') return on;
  const field = (name: string) => route.entries.find(({ key }) => key === name)?.value;
  const path = textOf(field('path'), home, run);
  const methods = textsOf(field('method'), home, run).map((one) => one.toUpperCase());
  if (path !== null)
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
