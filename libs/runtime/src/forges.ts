import type { Config } from '@hil/config';
import { Forges } from '@hil/version-control';

/**
 * The forges of the configuration, each with the credentials of its own host alone. A token wins over
 * a GitHub App.
 * @param onToken told of each token an App is given, so that it is redacted like the configured ones
 */
export function createForges(config: Config, onToken: (token: string) => void): Forges {
  const { host, apiUrl, token, appId, appPrivateKey } = config.github;
  const credentials =
    token !== undefined
      ? { kind: 'token' as const, token }
      : appId !== undefined && appPrivateKey !== undefined
        ? { kind: 'app' as const, appId, privateKey: appPrivateKey }
        : undefined;
  const { gitlab } = config;
  return new Forges({
    ...(credentials === undefined ? {} : { github: { host, apiUrl, credentials, onToken } }),
    ...(gitlab.token === undefined ? {} : { gitlab: { url: gitlab.url, token: gitlab.token } }),
  });
}
