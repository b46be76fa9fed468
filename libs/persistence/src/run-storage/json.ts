/**
 * JSON that Postgres' jsonb accepts: it refuses NUL characters and lone surrogates, both of which
 * test output can contain. Strings also pass `redact`, so that no secret is ever stored.
 */
export function toJsonb(value: unknown, redact: (text: string) => string = (text) => text): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'string' ? redact(wellFormed(item)) : item,
  );
}

/** Text that PostgreSQL can store: NUL characters and lone surrogates are replaced by U+FFFD. */
export function wellFormed(text: string): string {
  // String.prototype.toWellFormed is in Node 20 but not in the ES2023 library types.
  const replaced = text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text;
  return replaced.replace(
    /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g,
    '\uFFFD',
  );
}
