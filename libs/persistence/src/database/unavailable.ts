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
const MAX_DEPTH = 6;

/** True when the error, or what caused it, is a missing connection and not the statement's fault. */
export function isUnavailable(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > MAX_DEPTH) return false;
  const { code, kind, originalCode, message, cause, meta } = error as Record<string, unknown>;
  if ([code, kind, originalCode].some((each) => NO_CONNECTION.has(String(each)))) return true;
  if (typeof message === 'string' && NO_CONNECTION_TEXT.test(message)) return true;
  const driver = (meta as { driverAdapterError?: unknown } | null | undefined)?.driverAdapterError;
  return isUnavailable(cause, depth + 1) || isUnavailable(driver, depth + 1);
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
          if (isUnavailable(error)) throw new StorageUnavailableError(error);
          throw error;
        }
      };
    },
  });
}
