import { Controller, Get, Inject } from '@nestjs/common';
import { GATEWAY_DEPENDENCIES, type GatewayDependencies } from '../gateway-dependencies.js';

/** The public key of run records; it is no secret, so nobody has to say who they are. */
@Controller('api/record-key')
export class RecordKeyController {
  constructor(@Inject(GATEWAY_DEPENDENCIES) private readonly deps: GatewayDependencies) {}

  @Get()
  async show() {
    const { id, publicKey } = await this.deps.records.signingKey();
    return {
      key_id: id,
      algorithm: 'ed25519',
      public_key: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    };
  }
}
