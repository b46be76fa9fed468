import type { Environment } from './environment.js';

/** embedded: one process with its own database; scaled: several apps with PostgreSQL and Redis. */
export type Shape = 'embedded' | 'scaled';
/** gateway: serves people; worker: serves nobody, so the rules about access are not its own. */
export type ProcessRole = 'gateway' | 'worker';

/** True for names and addresses that only this machine can reach. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, '');
  return name === 'localhost' || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name);
}

/** Problems that only show when several names are seen together; one line each. */
export function crossProblems(
  env: Environment,
  context: { shape: Shape; role: ProcessRole; host: string },
): string[] {
  const problems: string[] = [];
  if (context.role === 'gateway') problems.push(...accessProblems(env, context.host));
  if (context.shape === 'scaled') {
    if (env.DATABASE_URL === undefined) {
      problems.push('DATABASE_URL: is required when the apps run apart (postgresql://...)');
    }
    if (env.REDIS_URL === undefined) {
      problems.push('REDIS_URL: is required when the apps run apart (redis://...)');
    }
  }
  if (env.USE_DOCKER_FOR_TESTS && env.SANDBOX !== undefined && !isDocker(env.SANDBOX)) {
    problems.push(
      `SANDBOX: is ${env.SANDBOX}, but USE_DOCKER_FOR_TESTS=true means docker; set one`,
    );
  }
  if ((env.GITHUB_APP_ID === undefined) !== (env.GITHUB_APP_PRIVATE_KEY === undefined)) {
    problems.push('GITHUB_APP_ID: needs GITHUB_APP_PRIVATE_KEY, and the other way round');
  }
  if (env.HEARTBEAT_SECONDS * 2 > env.LEASE_SECONDS) {
    problems.push('LEASE_SECONDS: must be at least twice HEARTBEAT_SECONDS');
  }
  return problems;
}

function accessProblems(env: Environment, host: string): string[] {
  const problems: string[] = [];
  if (env.AUTH_MODE === 'oidc') {
    problems.push('AUTH_MODE: oidc is not available yet; use api-key with API_KEYS');
  }
  if (env.AUTH_MODE === 'none' && !isLoopback(host)) {
    problems.push(
      `AUTH_MODE: none is allowed only on a loopback HOST, and HOST is ${host}; ` +
        'set AUTH_MODE=api-key and API_KEYS, or HOST=127.0.0.1',
    );
  }
  if (env.AUTH_MODE === 'api-key' && (env.API_KEYS ?? []).length === 0) {
    problems.push('API_KEYS: is required by AUTH_MODE=api-key (name:role:secret,...)');
  }
  if (env.AUTH_MODE === 'none' && env.WEBSOCKET_CORS_ORIGINS?.includes('*')) {
    problems.push(
      'WEBSOCKET_CORS_ORIGINS: * would let any web page drive a server without AUTH_MODE',
    );
  }
  return problems;
}

function isDocker(sandbox: string): boolean {
  return sandbox === 'docker' || sandbox === 'auto';
}
