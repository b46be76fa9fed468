import { StorageUnavailableError } from '@hil/workflow';

/**
 * Codes that say "no connection" and nothing about the statement: of the operating system, of
 * PostgreSQL (Appendix A of its manual: class 08, and the shutdown and start codes of class 57), and
 * of Prisma and its driver adapters.
 */
const NO_CONNECTION = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'],
  ...['08000', '08001', '08003', '08006', '57P01', '57P02', '57P03', '53300'],
  ...['P1001', 'P1002', 'P1017', 'P2024'],
  ...['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections'],
]);
/** node-postgres gives these no code. */
const NO_CONNECTION_TEXT =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed/;
/** PostgreSQL's code for a full disk; the commit that met it was rolled back. */
const DISK_FULL = '53100';
const MAX_DEPTH = 6;

/** Why an error, or what caused it, is the storage's state and not the statement's fault; null when it is not. */
export function unavailability(error: unknown, depth = 0): 'no_answer' | 'disk_full' | null {
  if (typeof error !== 'object' || error === null || depth > MAX_DEPTH) return null;
  const { code, kind, originalCode, message, cause, meta } = error as Record<string, unknown>;
  const codes = [code, kind, originalCode].map(String);
  if (codes.includes(DISK_FULL)) return 'disk_full';
  if (codes.some((each) => NO_CONNECTION.has(each))) return 'no_answer';
  if (typeof message === 'string' && NO_CONNECTION_TEXT.test(message)) return 'no_answer';
  const driver = (meta as { driverAdapterError?: unknown } | null | undefined)?.driverAdapterError;
  return unavailability(cause, depth + 1) ?? unavailability(driver, depth + 1);
}

/**
 * The same object, all of whose methods are asynchronous, but a lost connection is a
 * {@link StorageUnavailableError}: callers must tell "not now" from "never".
 */
export function tellingUnavailable<T extends object>(target: T): T {
  return new Proxy(target, {
    get: (inner, name) => {
      const member: unknown = Reflect.get(inner, name);
      if (typeof member !== 'function') return member;
      return async (...args: unknown[]): Promise<unknown> => {
        try {
          return (await Reflect.apply(member, inner, args)) as unknown;
        } catch (error) {
          const reason = unavailability(error);
          throw reason === null ? error : new StorageUnavailableError(error, reason);
        }
      };
    },
  });
}
