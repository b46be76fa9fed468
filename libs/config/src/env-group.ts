import type { z } from 'zod';
import type { EnvMeta } from './env-types.js';

/** Declares the names of one heading. */
export function group(name: string) {
  const declare = (description: string, more: Partial<EnvMeta> = {}) => ({
    env: { group: name, description, ...more },
  });
  return {
    /** A name with a default; the default is written as a person would write it. */
    with<T extends z.ZodType>(type: T, fallback: string, description: string) {
      return type
        .prefault(fallback as z.input<T> & string)
        .meta(declare(description, { fallback }));
    },
    /** A name without a default. */
    maybe<T extends z.ZodType>(type: T, description: string) {
      return type.optional().meta(declare(description));
    },
    /** A name whose value is never shown. */
    secret<T extends z.ZodType>(type: T, description: string) {
      return type.optional().meta(declare(description, { secret: true }));
    },
  };
}
