import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  HttpException,
  Inject,
} from '@nestjs/common';
import { HilError } from '@hil/contracts';
import type { Request, Response } from 'express';
import { GATEWAY_DEPENDENCIES, type GatewayDependencies } from '../gateway-dependencies.js';
import { errorEnvelope, presentable } from './envelope.js';
import { NotFoundError } from './not-found.error.js';

/** Answers every failed request with the error envelope and the status of its code. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(@Inject(GATEWAY_DEPENDENCIES) private readonly deps: GatewayDependencies) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    const error = presentable(named(thrown, request), (cause) =>
      this.deps.logger.error(
        { err: cause, method: request.method, path: request.path },
        'a request failed',
      ),
    );
    if (response.headersSent) {
      response.destroy();
      return;
    }
    response.status(error.status).json(errorEnvelope(error));
  }
}

/** Errors of Nest, Express and the body parser in our words. */
function named(thrown: unknown, request: Request): unknown {
  if (thrown instanceof HilError) return thrown;
  const status = statusOf(thrown);
  if (status === 404) {
    return new NotFoundError(`there is no ${request.method} ${request.path.slice(0, 256)} here`);
  }
  if (status === 413) return new HilError('message_too_large', 'the body is too large');
  if (status >= 400 && status < 500) {
    const reason = thrown instanceof Error ? thrown.message : 'bad request';
    return new HilError('validation_error', reason, { cause: thrown });
  }
  return thrown;
}

function statusOf(thrown: unknown): number {
  if (thrown instanceof HttpException) return thrown.getStatus();
  const status = (thrown as { status?: unknown } | null)?.status;
  return typeof status === 'number' ? status : 500;
}
