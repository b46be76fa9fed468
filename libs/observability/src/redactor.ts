const MASK = '[redacted]';
/** Shorter values are ordinary words sooner than secrets; masking them would make logs unreadable. */
const MIN_CHARS = 4;
/** Shorter base64 fragments would match text by chance. */
const MIN_BASE64_CHARS = 6;
const MIN_LINE_CHARS = 20;

/** Masks known secret values in text. Made by {@link createRedactor}. */
export interface Redactor {
  /** The text with every secret replaced by `[redacted]`. */
  redact(text: string): string;
  /** Learns more secrets, such as a token that was issued after boot. */
  add(...secrets: string[]): void;
  /** A redactor for text that arrives in pieces: a secret cut by a border is found too. */
  chunks(): ChunkRedactor;
}

/** Text goes in by `push` and comes out masked; `end` returns what was held back. */
export interface ChunkRedactor {
  push(text: string): string;
  end(): string;
}

/**
 * Redacts by value: the secret itself, its base64 and base64url forms at any alignment, and its
 * forms inside JSON strings and URLs. Of a secret with several lines each long line counts too.
 * Values under 4 characters are ignored.
 */
export function createRedactor(secrets: Iterable<string> = []): Redactor {
  const known = new Set<string>();
  let patterns: string[] = [];
  let matcher: RegExp | undefined;

  function add(...values: string[]): void {
    for (const value of values) for (const form of formsOf(value)) known.add(form);
    // The longest first, so that a secret that contains another is masked whole.
    patterns = [...known].sort((a, b) => b.length - a.length);
    matcher = patterns.length === 0 ? undefined : new RegExp(patterns.map(escape).join('|'), 'g');
  }

  function redact(text: string): string {
    return matcher === undefined ? text : text.replace(matcher, MASK);
  }

  /** Where a secret may begin that the text does not hold to its end. */
  function openEnd(text: string): number {
    const longest = patterns[0]?.length ?? 0;
    for (let start = Math.max(0, text.length - longest + 1); start < text.length; start += 1) {
      const tail = text.slice(start);
      if (patterns.some((pattern) => pattern.length > tail.length && pattern.startsWith(tail))) {
        return matchEndOver(text, start);
      }
    }
    return text.length;
  }

  /** A whole secret that lies over the cut is not torn apart. */
  function matchEndOver(text: string, cut: number): number {
    if (matcher === undefined) return cut;
    for (const match of text.matchAll(matcher)) {
      const end = match.index + match[0].length;
      if (match.index < cut && end > cut) return end;
    }
    return cut;
  }

  add(...secrets);
  return {
    redact,
    add,
    chunks() {
      let held = '';
      return {
        push(text) {
          held += text;
          const cut = openEnd(held);
          const ready = held.slice(0, cut);
          held = held.slice(cut);
          return redact(ready);
        },
        end() {
          const rest = redact(held);
          held = '';
          return rest;
        },
      };
    },
  };
}

function formsOf(secret: string): string[] {
  if (secret.trim().length < MIN_CHARS) return [];
  const lines = secret.includes('\n') ? secret.split(/\r?\n/).map((line) => line.trim()) : [];
  const parts = lines.filter((line) => line.length >= MIN_LINE_CHARS && !line.startsWith('-----'));
  return [secret, ...parts].flatMap((value) => [
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    ...base64Forms(value),
  ]);
}

/** Inside a longer encoded text a value has one of three forms, by its offset modulo 3. */
function base64Forms(value: string): string[] {
  const bytes = Buffer.from(value);
  return [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    // Characters at both ends that also depend on the neighbours are left out.
    const first = Math.ceil((offset * 8) / 6);
    const last = Math.floor(((offset + bytes.length) * 8) / 6);
    const form = encoded.slice(first, last);
    if (form.length < MIN_BASE64_CHARS) return [];
    return [form, form.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
