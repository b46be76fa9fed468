import type { Config } from '@hil/config';
import type { ProjectMemory } from '@hil/language-models';
import type { DoorbellBus, StageQueue } from '@hil/messaging';
import type { Metrics } from '@hil/observability';
import type { SigningKey } from '@hil/run-record';
import type { EffectLedger, Run, RunCommands, RunStorage } from '@hil/workflow';

/** What the gateway needs of a logger; pino fits. Facts come first, the sentence second. */
export interface GatewayLog {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

/** Everything the gateway uses and does not own: whoever made these closes them, after the app. */
export interface GatewayDependencies {
  config: Pick<Config, 'auth' | 'http' | 'websocket' | 'webhooks'>;
  storage: RunStorage;
  commands: RunCommands;
  queue: StageQueue;
  bus: DoorbellBus;
  logger: GatewayLog;
  metrics?: Metrics | undefined;
  /** What is remembered of repositories; none: nothing is. */
  memory?: ProjectMemory | undefined;
  /** Hears that a forge has news of pull requests. */
  effects: Pick<EffectLedger, 'askForLook'>;
  /** Makes the signed records of ended runs. */
  records: { of(run: Run): Promise<Buffer>; signingKey(): Promise<SigningKey> };
  /** Version of the product, as /health tells it. */
  version: string;
}

/** Injection token of {@link GatewayDependencies}. */
export const GATEWAY_DEPENDENCIES = Symbol('GatewayDependencies');
