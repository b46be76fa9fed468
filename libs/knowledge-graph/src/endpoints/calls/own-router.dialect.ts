import type { RoutingFunction, Value } from '../../extract/routing/routing-facts.js';
import { isEcmaScript } from '../../syntax/language.js';
import type { Dialect, RouterCall } from '../interpret/dialect.js';
import type { Interpreter } from '../interpret/interpreter.js';
import { Router } from '../interpret/router.js';
import { textsOf } from '../interpret/texts.js';
import type { RouterView, Thing } from '../interpret/things.js';
import { joinRoute } from '../route-path.js';
import { methodOf } from './http-methods.js';

const REQUEST = /^_?(?:req|request|ctx|context)$/i;
const RESPONSE = /^_?(?:res|resp|response|reply)$/i;
/** What an answerer of requests is called where it takes the request alone. */
const ANSWERS = /^(?:handle|handler|handleRequest|dispatch|listener)$/;

/**
 * Routers that the project makes itself: an object from one of its functions, or of one of its classes, that
 * has a verb to register a handler with (`get(path, handler)`) and also answers requests
 * (`handle(request, response)`). The second is what an HTTP client with the same verbs has not.
 */
export const ownRouter: Dialect = {
  framework: 'own-router',

  make: () => null,

  recognise(thing: Thing, run: Interpreter): Thing | null {
    const members = membersOf(thing, run);
    const registers = members.some(
      ({ name, parameters }) => methodOf(name) !== null && takesHandler(parameters),
    );
    return registers && members.some(answers) ? run.view(new Router('own-router', true)) : null;
  },

  call({ on, call, env, run }: RouterCall): Thing | null | undefined {
    const method = methodOf(call.name);
    const handler = call.args.at(-1);
    if (method !== null && handler && call.args.length > 1 && mayHandle(handler)) {
      for (const path of textsOf(call.args[0], env, run).filter((one) => one.startsWith('/')))
        on.router.route({
          methods: [method],
          path: joinRoute(on.prefix, path),
          handler,
          env,
          line: call.line,
          auth: on.auth,
        });
      return on;
    }
    return call.name === 'use' || call.name === 'mount' ? mount({ on, call, env, run }) : undefined;
  },
};

interface Member {
  name: string;
  parameters: readonly string[];
}

/** The functions that an object made by the project has as members. */
function membersOf(thing: Thing, run: Interpreter): Member[] {
  if (thing.kind === 'class') {
    if (!isEcmaScript(thing.unit.facts.language)) return [];
    const functions = thing.unit.facts.routing?.functions ?? [];
    return functions.flatMap((one) => (one.owner === thing.name ? named(one, one.name) : []));
  }
  if (thing.kind !== 'value' || thing.value.kind !== 'record') return [];
  if (!isEcmaScript(thing.env.unit.facts.language)) return [];
  return thing.value.entries.flatMap(({ key, value }) => {
    const held = run.evaluate(value, thing.env);
    if (held?.kind !== 'function') return [];
    const declared = held.env.unit.facts.routing?.functions[held.index];
    return declared ? named(declared, key) : [];
  });
}

function named({ parameters }: RoutingFunction, name: string | null): Member[] {
  return name === null ? [] : [{ name, parameters }];
}

/** `(path, handler)` or `(path, ...handlers)` */
function takesHandler(parameters: readonly string[]): boolean {
  return parameters.length > 1;
}

function answers({ name, parameters: [request = '', response = ''] }: Member): boolean {
  if (methodOf(name) !== null || !REQUEST.test(request)) return false;
  return RESPONSE.test(response) || ANSWERS.test(name);
}

function mayHandle({ kind }: Value): boolean {
  return kind === 'function' || kind === 'name' || kind === 'member' || kind === 'call';
}

/** `router.use('/prefix', other)` */
function mount({
  on,
  call,
  env,
  run,
}: Pick<RouterCall, 'on' | 'call' | 'env' | 'run'>): RouterView {
  const [first, second] = call.args;
  const [path] = textsOf(first, env, run);
  const other = run.evaluate(second ?? first ?? { kind: 'unknown' }, env);
  if (other?.kind === 'router')
    on.router.mount(other.router, joinRoute(on.prefix, path ?? '', other.prefix));
  return on;
}
