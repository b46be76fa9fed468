import type { Logger } from '@hil/observability';
import type { LoggerService } from '@nestjs/common';

/** Nest's own messages in our log; its chatter about modules and routes only at debug. */
export function nestLogger(logger: Logger): LoggerService {
  const context = (rest: unknown[]): object => ({
    nest: typeof rest.at(-1) === 'string' ? rest.at(-1) : undefined,
  });
  return {
    log: (message: unknown, ...rest: unknown[]) => logger.debug(context(rest), String(message)),
    debug: (message: unknown, ...rest: unknown[]) => logger.trace(context(rest), String(message)),
    verbose: (message: unknown, ...rest: unknown[]) => logger.trace(context(rest), String(message)),
    warn: (message: unknown, ...rest: unknown[]) => logger.warn(context(rest), String(message)),
    error: (message: unknown, ...rest: unknown[]) => logger.error(context(rest), String(message)),
    fatal: (message: unknown, ...rest: unknown[]) => logger.fatal(context(rest), String(message)),
  };
}
