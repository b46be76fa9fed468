import type { Value } from '../extract/routing/routing-facts.js';

const GUARD =
  /auth(?!or)|jwt|passport|guard|login|permission|protect|bearer|verif(?:y|ied)_?(?:token|session|user)|ensure_?logged|is_?admin|require_?(?:user|role|admin|session)|current_?user|api_?key|has_?role|requires_?(?:role|scope)/i;
/** Names that speak of signing in but guard nothing. */
const NO_GUARD = /rate_?limit|throttle|log(?:ger|ging)|router?s?$|controller|handler$|service$/i;

/** A middleware, dependency or decorator that guards what it stands on, as text; null for others. */
function guardOf(value: Value): string | null {
  const shown = shownAs(value);
  return shown !== null && GUARD.test(shown) && !NO_GUARD.test(shown.replace(/\(.*$/, ''))
    ? shown
    : null;
}

/** The first guard among several values; lists are looked into. */
export function guardAmong(values: readonly Value[]): string | null {
  for (const one of values) {
    const found = one.kind === 'list' ? guardAmong(one.items) : guardOf(one);
    if (found !== null) return found;
  }
  return null;
}

/** `requireAuth`, `passport.authenticate('jwt')`, `Depends(current_user)`. */
export function shownAs(value: Value): string | null {
  switch (value.kind) {
    case 'name':
      return value.name;
    case 'text':
      return `'${value.text}'`;
    case 'call': {
      const on = value.on === null ? '' : `${shownAs(value.on) ?? '…'}.`;
      const args = [
        ...value.args.map((one) => shownAs(one) ?? '…'),
        ...value.named.map(({ key, value: held }) => `${key}=${shownAs(held) ?? '…'}`),
      ];
      return `${on}${value.name}(${args.join(', ')})`.slice(0, 200);
    }
    case 'member':
      return `${shownAs(value.on) ?? '…'}.${value.name}`;
    case 'list':
      return `[${value.items.map((one) => shownAs(one) ?? '…').join(', ')}]`;
    default:
      return null;
  }
}
