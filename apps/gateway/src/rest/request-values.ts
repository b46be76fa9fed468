import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { HilError } from '@hil/contracts';
import type { Request } from 'express';
import { actorOf } from '../access/access-guard.js';

/** The sender of the request, as the access guard established it. */
export const CurrentActor = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  actorOf(context.switchToHttp().getRequest<Request>()),
);

interface Schema<T> {
  safeParse(
    value: unknown,
  ): { success: true; data: T } | { success: false; error: { issues: Issue[] } };
}

interface Issue {
  path: PropertyKey[];
  message: string;
}

/**
 * A value of the request in the shape of the schema.
 * @throws HilError validation_error with each problem and where it is
 */
export function read<T>(schema: Schema<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`,
  );
  throw new HilError('validation_error', problems.join('; '));
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A path part that must be a UUID; anything else names nothing and gets the given error. */
export function uuid(value: string, otherwise: HilError): string {
  if (!UUID.test(value)) throw otherwise;
  return value.toLowerCase();
}

/**
 * A whole number of the query within bounds.
 * @throws HilError validation_error
 */
export function wholeNumber(
  name: string,
  value: string | undefined,
  { fallback, max }: { fallback: number; max: number },
): number {
  if (value === undefined || value === '') return fallback;
  if (!/^\d{1,15}$/.test(value)) {
    throw new HilError('validation_error', `${name} must be a whole number`);
  }
  return Math.min(Number(value), max);
}
