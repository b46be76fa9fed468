import type { Value } from '../../extract/routing/routing-facts.js';
import { option, type Dialect, type RouterCall } from '../interpret/dialect.js';
import { Router } from '../interpret/router.js';
import { textOf, textsOf } from '../interpret/texts.js';
import type { Thing } from '../interpret/things.js';
import { joinRoute, joinStrictly } from '../route-path.js';
import { viewMethods } from './view-class.js';

/** Flask, and Quart which speaks the same: routes by decorator, `add_url_rule`, blueprints, MethodViews. */
export const flask: Dialect = {
  framework: 'flask',

  make({ package: from, member }, call, env, run): Thing | null {
    if (!/^(?:flask|quart|flask_restful|flask_restx|flask_smorest)(?:\.|$)/.test(from)) return null;
    if (member === 'Flask' || member === 'Quart') return run.view(new Router('flask', true));
    if (member === 'Api') {
      // flask_restful's Api adds to the app or blueprint it is made with.
      const held = call.args[0] ? run.evaluate(call.args[0], env) : null;
      const prefix = textOf(option(call, 'prefix'), env, run) ?? '';
      return held?.kind === 'router' ? { ...held, prefix: joinRoute(held.prefix, prefix) } : null;
    }
    if (member !== 'Blueprint') return null;
    return run.view(new Router('flask', false, textOf(option(call, 'url_prefix'), env, run) ?? ''));
  },

  call(what: RouterCall): Thing | null | undefined {
    const { on, call, env, run, decorates } = what;
    const path = textOf(option(call, 'rule') ?? call.args[0], env, run);
    switch (call.name) {
      case 'route':
      case 'get':
      case 'post':
      case 'put':
      case 'patch':
      case 'delete': {
        if (decorates === null || path === null) return on;
        const methods = call.name === 'route' ? declared(what) : [call.name.toUpperCase()];
        add(what, methods ?? ['GET'], path, { kind: 'name', name: decorates });
        return on;
      }
      case 'add_url_rule': {
        const view = option(call, 'view_func') ?? call.args[2];
        if (path === null || !view) return on;
        add(what, declared(what) ?? viewMethods(view, env, run) ?? ['GET'], path, view);
        return on;
      }
      case 'add_resource': {
        const [resource] = call.args;
        for (const one of call.args.slice(1)) {
          const at = textOf(one, env, run);
          if (at !== null && resource)
            add(what, viewMethods(resource, env, run) ?? ['ALL'], at, resource);
        }
        return on;
      }
      case 'register_blueprint': {
        const child = call.args[0] ? run.names.settle(run.evaluate(call.args[0], env)) : null;
        const given = option(call, 'url_prefix');
        const prefix = given === null ? null : textOf(given, env, run);
        if (child?.kind !== 'router' || (given !== null && prefix === null))
          run.hasUnknownMount = true;
        else on.router.mount(child.router, prefix ?? child.router.prefix, null, true);
        return on;
      }
      default:
        return undefined;
    }
  },
};

function declared({ call, env, run }: RouterCall): string[] | null {
  const given = option(call, 'methods');
  return given === null ? null : textsOf(given, env, run).map((one) => one.toUpperCase());
}

function add({ on, call, env }: RouterCall, methods: string[], path: string, handler: Value): void {
  on.router.route({
    methods,
    path: on.prefix === '' ? path : joinStrictly(on.prefix, path),
    handler,
    env,
    line: call.line,
    auth: null,
  });
}
