import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type Observable, map } from 'rxjs';
import type { SuccessEnvelope } from './envelope.js';
import { RAW } from './raw.decorator.js';

/** Puts what a route returns into the success envelope, unless the route is marked raw. */
@Injectable()
export class EnvelopeInterceptor implements NestInterceptor {
  constructor(@Inject(Reflector) private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const raw = this.reflector.getAllAndOverride<boolean | undefined>(RAW, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (raw === true || context.getType() !== 'http') return next.handle();
    return next.handle().pipe(map((data): SuccessEnvelope => ({ status: 'success', data })));
  }
}
