import { z } from 'zod';

/** What `.env.example` and the docs need to know of a name besides its type. */
export interface EnvMeta {
  /** Heading it is listed under. */
  group: string;
  /** One line: what it does, in which unit. */
  description: string;
  /** The default as a person would write it; absent when there is none. */
  fallback?: string;
  /** True when its value must never be shown. */
  secret?: boolean;
}

declare module 'zod' {
  interface GlobalMeta {
    env?: EnvMeta;
  }
}

/** Every variable is a string or absent; an empty string means absent. */
const text = z.string().trim();

/** A reader turns the text of one variable into its value, or names the problem. */
export function reader<T>(read: (value: string) => T | { problem: string }) {
  return text.transform((value, context): T => {
    const result = read(value);
    if (isProblem(result)) {
      context.addIssue({ code: 'custom', message: result.problem });
      return z.NEVER;
    }
    return result;
  });
}

function isProblem(value: unknown): value is { problem: string } {
  return typeof value === 'object' && value !== null && 'problem' in value;
}

const YES = ['true', '1', 'yes', 'on'];
const NO = ['false', '0', 'no', 'off'];

export const boolean = reader<boolean>((value) => {
  if (YES.includes(value.toLowerCase())) return true;
  if (NO.includes(value.toLowerCase())) return false;
  return { problem: 'must be true or false' };
});

export function integer(min: number, max = Number.MAX_SAFE_INTEGER) {
  return reader<number>((value) => {
    const number = Number(value);
    if (/^-?\d+$/.test(value) && number >= min && number <= max) return number;
    return { problem: `must be a whole number ${range(min, max)}` };
  });
}

export function decimal(min: number, max = Number.MAX_SAFE_INTEGER) {
  return reader<number>((value) => {
    const number = Number(value);
    if (/^-?\d+(\.\d+)?$/.test(value) && number >= min && number <= max) return number;
    return { problem: `must be a number ${range(min, max)}` };
  });
}

function range(min: number, max: number): string {
  return max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
}

/** One of a few words, in any case. */
export function oneOf<const T extends readonly string[]>(words: T) {
  return reader<T[number]>((value) => {
    const found = words.find((word) => word === value.toLowerCase());
    return found ?? { problem: `must be one of ${words.join(', ')}` };
  });
}

/** An absolute URL of one of the protocols (without colon), returned without a trailing slash. */
export function url(...protocols: string[]) {
  return reader<string>((value) => {
    const parsed = URL.canParse(value) ? new URL(value) : undefined;
    if (parsed !== undefined && protocols.includes(parsed.protocol.slice(0, -1))) {
      return value.replace(/\/+$/, '');
    }
    return { problem: `must be a URL that begins with ${protocols.join(':// or ')}://` };
  });
}

/** `host` or `host:port`, lower case. */
const HOST_PATTERN = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?$/;

export const host = reader<string>((value) =>
  HOST_PATTERN.test(value.toLowerCase())
    ? value.toLowerCase()
    : { problem: 'must be a host or host:port, without protocol or path' },
);

export const hostList = reader<string[]>((value) => {
  const hosts = commaList(value).map((entry) => entry.toLowerCase());
  const wrong = hosts.find((entry) => !HOST_PATTERN.test(entry));
  return wrong === undefined ? hosts : { problem: `"${wrong}" is not a host or host:port` };
});

/** Some of a few words, separated by commas. */
export function wordList<const T extends readonly string[]>(words: T) {
  return reader<T[number][]>((value) => {
    const given = commaList(value).map((entry) => entry.toLowerCase());
    const unknown = given.find((entry) => !words.includes(entry));
    if (unknown === undefined) return words.filter((word) => given.includes(word));
    return { problem: `"${unknown}" is not one of ${words.join(', ')}` };
  });
}

/** Web origins such as https://hil.example.org, or `*`. */
export const originList = reader<string[]>((value) => {
  const origins = commaList(value).map((entry) => entry.replace(/\/$/, ''));
  const wrong = origins.find((entry) => entry !== '*' && !isOrigin(entry));
  if (wrong === undefined) return origins;
  return { problem: `"${wrong}" is not an origin such as https://hil.example.org` };
});

function isOrigin(value: string): boolean {
  return URL.canParse(value) && new URL(value).origin === value.toLowerCase();
}

export function commaList(value: string): string[] {
  return value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

export const string = text;
