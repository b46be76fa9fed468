import type { Value } from '../../extract/routing/routing-facts.js';
import type { Interpreter } from './interpreter.js';
import type { Env } from './things.js';

/** The text an expression stands for, through constants and concatenation; null when it can't be told. */
export function textOf(
  value: Value | null | undefined,
  env: Env,
  run: Interpreter,
  hops = 0,
): string | null {
  if (!value || hops > 12) return null;
  switch (value.kind) {
    case 'text':
      return value.text;
    case 'pattern':
      return value.text;
    case 'join': {
      const parts = value.parts.map((one) => textOf(one, env, run, hops + 1));
      return parts.every((one) => one !== null) ? parts.join('') : null;
    }
    case 'name':
    case 'member': {
      const thing = run.evaluate(value, env);
      return thing?.kind === 'value' ? textOf(thing.value, thing.env, run, hops + 1) : null;
    }
    case 'call':
      // Django marks translatable patterns: `path(_('about/'), ...)`.
      return /^(?:_|gettext_lazy|String|nameof)$/.test(value.name) && value.args.length === 1
        ? textOf(value.args[0], env, run, hops + 1)
        : null;
    default:
      return null;
  }
}

/** The texts of a list, or of one text; those that can't be told are left out. */
export function textsOf(value: Value | null | undefined, env: Env, run: Interpreter): string[] {
  if (!value) return [];
  if (value.kind === 'list') return value.items.flatMap((one) => textsOf(one, env, run));
  if (value.kind === 'name') {
    const thing = run.evaluate(value, env);
    if (thing?.kind === 'value' && thing.value.kind === 'list')
      return textsOf(thing.value, thing.env, run);
  }
  const text = textOf(value, env, run);
  return text === null ? [] : [text];
}
