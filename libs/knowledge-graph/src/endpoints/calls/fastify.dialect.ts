import type { Value } from '../../extract/routing/routing-facts.js';
import { guardAmong } from '../auth.js';
import { option, type Dialect, type RouterCall } from '../interpret/dialect.js';
import { Router } from '../interpret/router.js';
import { textOf, textsOf } from '../interpret/texts.js';
import type { Env, Thing } from '../interpret/things.js';
import type { Interpreter } from '../interpret/interpreter.js';
import { joinRoute } from '../route-path.js';
import { methodOf } from './http-methods.js';

/** Hooks that run before a handler and may refuse. */
const HOOKS = ['onRequest', 'preValidation', 'preHandler', 'preParsing'];

/** Fastify: plugins are functions that get a scope of their own, below the prefix they are given. */
export const fastify: Dialect = {
  framework: 'fastify',

  make({ package: from, member }, call, env, run): Thing | null {
    if (from === 'fastify-plugin') {
      // A wrapped plugin shares its parent's scope but keeps the prefix it is registered with.
      return call.args[0] ? run.evaluate(call.args[0], env) : null;
    }
    if (from !== 'fastify' || (member !== '' && member !== 'fastify' && member !== 'default'))
      return null;
    return run.view(new Router('fastify', true));
  },

  call(what: RouterCall): Thing | null | undefined {
    const { on, call, env, run } = what;
    const method = methodOf(call.name);
    if (method !== null) {
      const path = textOf(call.args[0], env, run);
      if (path !== null && call.args.length > 1)
        add(what, [method], path, call.args.at(-1), call.args[1]);
      return on;
    }
    switch (call.name) {
      case 'route': {
        const path = textOf(option(call, 'url', 'path'), env, run);
        const methods = textsOf(option(call, 'method'), env, run).map((one) => one.toUpperCase());
        if (path !== null)
          add(what, methods, path, option(call, 'handler') ?? undefined, call.args[0]);
        return on;
      }
      case 'register':
        register(what);
        return on;
      case 'addHook': {
        const guard = guardAmong(call.args.slice(1));
        if (HOOKS.includes(textOf(call.args[0], env, run) ?? '') && guard !== null)
          on.router.guard(joinRoute(on.prefix), guard);
        return on;
      }
      case 'withTypeProvider':
      case 'after':
      case 'setValidatorCompiler':
        return on;
      default:
        return undefined;
    }
  },
};

function add(
  { on, call, env }: RouterCall,
  methods: string[],
  path: string,
  handler: Value | undefined,
  options: Value | undefined,
): void {
  const held =
    handler?.kind === 'record'
      ? handler.entries.find(({ key }) => key === 'handler')?.value
      : handler;
  on.router.route({
    methods,
    path: joinRoute(on.prefix, path),
    handler: held ?? { kind: 'unknown' },
    env,
    line: call.line,
    auth: hookGuard(options) ?? on.auth,
  });
}

function hookGuard(options: Value | undefined): string | null {
  if (options?.kind !== 'record') return null;
  return guardAmong(
    options.entries.filter(({ key }) => HOOKS.includes(key)).map(({ value }) => value),
  );
}

function register({ on, call, env, run }: RouterCall): void {
  const [given] = call.args;
  if (!given) return;
  const prefix = textOf(option(call, 'prefix'), env, run) ?? '';
  const plugin = pluginOf(given, env, run);
  if (plugin?.kind !== 'function') {
    const isAutoload = plugin?.kind === 'foreign' && plugin.package === '@fastify/autoload';
    if (isAutoload) run.hasUnknownMount = true;
    return;
  }
  const scope = new Router('fastify', false);
  on.router.mount(scope, joinRoute(on.prefix, prefix));
  run.invoke(plugin, [run.view(scope)]);
}

function pluginOf(given: Value, env: Env, run: Interpreter): Thing | null {
  return run.names.settle(run.evaluate(given, env));
}
