import type { CallValue, Value } from '../../extract/routing/routing-facts.js';
import { guardAmong } from '../auth.js';
import type { Dialect, RouterCall } from '../interpret/dialect.js';
import { Router } from '../interpret/router.js';
import { textsOf } from '../interpret/texts.js';
import type { RouterView, Thing } from '../interpret/things.js';
import { joinRoute } from '../route-path.js';
import { methodOf } from './http-methods.js';

/** Express applications and routers: `use`, `route`, and a method for each verb. */
export const express: Dialect = {
  framework: 'express',

  make({ package: from, member }, _call, _env, run): Thing | null {
    const isExpress = from === 'express' || from === 'express-promise-router';
    if (!isExpress) return null;
    if (member === '' || member === 'default')
      return run.view(new Router('express', from === 'express'));
    return member === 'Router' ? run.view(new Router('express', false)) : null;
  },

  call(what: RouterCall): Thing | null | undefined {
    const { on, call, env, run } = what;
    const method = methodOf(call.name);
    if (method !== null) return route(what, method);
    if (call.name === 'use') {
      use(what);
      return on;
    }
    if (call.name === 'route') {
      const [path] = textsOf(call.args[0], env, run);
      return path === undefined ? on : { ...on, at: path };
    }
    if (call.name === 'param' || call.name === 'set' || call.name === 'listen') return on;
    return undefined;
  },
};

function route({ on, call, env, run }: RouterCall, method: string): RouterView {
  // In a chain after `route('/x')` every argument is a handler; `app.get('name')` reads a setting.
  const handlers = on.at === undefined ? call.args.slice(1) : call.args;
  if (handlers.length === 0) return on;
  const paths = on.at === undefined ? textsOf(call.args[0], env, run) : [on.at];
  for (const path of paths) {
    if (on.at === undefined && !/^(?:\/|\*|$)/.test(path)) continue;
    on.router.route({
      methods: [method],
      path:
        /^\/.*\/[a-z]*$/.test(path) && call.args[0]?.kind === 'pattern'
          ? path
          : joinRoute(on.prefix, path),
      handler: handlers.at(-1) ?? { kind: 'unknown' },
      env,
      line: call.line,
      auth: guardAmong(handlers.slice(0, -1)) ?? on.auth,
    });
  }
  return on;
}

function use({ on, call, env, run }: RouterCall): void {
  const paths = textsOf(call.args[0], env, run);
  const rest = paths.length > 0 ? call.args.slice(1) : call.args;
  const prefixes = paths.length > 0 ? paths : ['/'];
  const auth = guardAmong(rest);
  const isPathUnknown = paths.length === 0 && rest.length > 1 && isComputed(rest[0]);
  let mounted = false;
  for (const one of rest.flatMap(flat)) {
    const thing = run.names.settle(run.evaluate(one, env));
    if (thing?.kind !== 'router') continue;
    mounted = true;
    if (isPathUnknown) {
      run.hasUnknownMount = true;
      continue;
    }
    for (const prefix of prefixes)
      on.router.mount(thing.router, joinRoute(on.prefix, prefix, thing.prefix), auth);
  }
  if (mounted) return;
  if (auth !== null)
    for (const prefix of prefixes) on.router.guard(joinRoute(on.prefix, prefix), auth);
  if (mayBeRouter(rest.at(-1))) run.hasUnknownMount = true;
}

function flat(value: Value): Value[] {
  return value.kind === 'list' ? value.items : [value];
}

function isComputed(value: Value | undefined): boolean {
  return value?.kind === 'name' || value?.kind === 'member' || value?.kind === 'join';
}

/** Named like a router, though what it is could not be told. */
function mayBeRouter(value: Value | undefined): boolean {
  const name =
    value?.kind === 'name' ? value.name : value?.kind === 'call' ? calleeName(value) : '';
  return /rout(?:e|er|es|ers)$|^require$/i.test(name);
}

function calleeName(call: CallValue): string {
  return call.on?.kind === 'name' ? `${call.on.name}.${call.name}` : call.name;
}
