/** Addresses below which the forge answers. */
export interface Origins {
  /** `http://127.0.0.1:port` */
  web: string;
  /** `http://127.0.0.1:port/api/v3` */
  api: string;
}

export type Json = Record<string, unknown>;

/** When everything in the forge was made. */
export const SINCE = '2020-01-01T00:00:00Z';

/** `tags` -> `tags_url`, below an address. */
export function links(base: string, names: readonly string[]): Json {
  return Object.fromEntries(names.map((name) => [`${name}_url`, `${base}/${name}`]));
}

/** Counts that nothing here depends on. */
export function numbers(names: readonly string[]): Json {
  return Object.fromEntries(names.map((name) => [name, 0]));
}

/** Features that are off. */
export function flags(names: readonly string[]): Json {
  return Object.fromEntries(names.map((name) => [name, false]));
}
