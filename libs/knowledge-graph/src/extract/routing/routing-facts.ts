/**
 * An expression as far as routing needs it: enough to follow routers, prefixes and handlers from
 * file to file, in one vocabulary for all languages.
 */
export type Value =
  | { kind: 'text'; text: string }
  /** A regular expression, as written. */
  | { kind: 'pattern'; text: string }
  /** A dotted name such as `users.list` or `this.router`. */
  | { kind: 'name'; name: string }
  /** A member of something that is not a plain name: `require('./a').router`. */
  | { kind: 'member'; on: Value; name: string }
  | { kind: 'join'; parts: Value[] }
  | { kind: 'list'; items: Value[] }
  | { kind: 'record'; entries: { key: string; value: Value }[] }
  | CallValue
  /** A function written in place: an index in `functions`. */
  | { kind: 'function'; index: number }
  | { kind: 'unknown' };

export interface CallValue {
  kind: 'call';
  /** The receiver; null for a plain function. */
  on: Value | null;
  name: string;
  args: Value[];
  /** Keyword arguments (Python, C#, annotation attributes). */
  named: { key: string; value: Value }[];
  isNew: boolean;
  line: number;
}

export interface RoutingFunction {
  name: string | null;
  /** Name of the class it is a member of. */
  owner: string | null;
  parameters: string[];
  /** The enclosing function, an index in `functions`. */
  parent: number | null;
  line: number;
  /** C#: the first parameter is what it is called on. */
  isExtension: boolean;
}

/** One step of a file in text order: a call, or a value given to a name. */
export interface RoutingStatement {
  /** The function it stands in, an index in `functions`; null at module level. */
  scope: number | null;
  /** What gets the value: a name, `this.x`, `exports.x`, `default`, `return`; null for a bare call. */
  target: string | null;
  /** The value is added to what the target holds. */
  adds: boolean;
  value: Value;
  line: number;
  /** Python: name of the function or class that the call decorates. */
  decorates: string | null;
}

/** A decorator, annotation or attribute on a symbol. */
export interface Annotation {
  /** Index in the file's `symbols`. */
  symbol: number;
  name: string;
  args: Value[];
  named: { key: string; value: Value }[];
}

/** What a file says about routes; null for files that say nothing. */
export interface RoutingFacts {
  functions: RoutingFunction[];
  statements: RoutingStatement[];
  annotations: Annotation[];
}

export const UNKNOWN: Value = { kind: 'unknown' };
