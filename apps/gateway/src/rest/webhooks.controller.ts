import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { HilError } from '@hil/contracts';
import type { Request } from 'express';
import { GATEWAY_DEPENDENCIES, type GatewayDependencies } from '../gateway-dependencies.js';
import { NotFoundError } from './not-found.error.js';

/** A request whose body was kept as it came, because signatures are over bytes. */
export type RawRequest = IncomingMessage & { rawBody?: Buffer };

/**
 * Where forges ring. A delivery is a doorbell: it only says at which repository to look, and what happened is
 * asked of the forge itself, so a forged or repeated delivery can tell nothing that is not so.
 */
@Controller('api/webhooks')
export class WebhooksController {
  constructor(@Inject(GATEWAY_DEPENDENCIES) private readonly deps: GatewayDependencies) {}

  @Post('github')
  @HttpCode(202)
  async github(@Req() request: Request & RawRequest) {
    const secret = this.secretOf('github');
    const given = header(request, 'x-hub-signature-256');
    const body = request.rawBody ?? Buffer.alloc(0);
    const wanted = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
    if (!same(given, wanted)) throw unsigned();
    return this.ring(pageOf(request.body, 'repository', 'html_url'));
  }

  @Post('gitlab')
  @HttpCode(202)
  async gitlab(@Req() request: Request & RawRequest) {
    if (!same(header(request, 'x-gitlab-token'), this.secretOf('gitlab'))) throw unsigned();
    return this.ring(pageOf(request.body, 'project', 'web_url'));
  }

  private secretOf(forge: 'github' | 'gitlab'): string {
    const secret = this.deps.config.webhooks[forge];
    if (secret === undefined) throw new NotFoundError(`there is no webhook for ${forge} here`);
    return secret;
  }

  private async ring(page: string | undefined) {
    return { pull_requests: page === undefined ? 0 : await this.deps.effects.askForLook(page) };
  }
}

function header(request: Request, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
}

/** Compares digests, so that the time taken tells nothing, not even the length. */
function same(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHmac('sha256', 'same').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

function unsigned(): HilError {
  return new HilError(
    'unauthenticated',
    'the delivery does not carry the signature of the webhook',
  );
}

/** The page of the repository that a delivery is about. */
function pageOf(body: unknown, part: string, field: string): string | undefined {
  const about = (body as Record<string, Record<string, unknown> | undefined> | null)?.[part];
  const page = about?.[field];
  return typeof page === 'string' ? page : undefined;
}
