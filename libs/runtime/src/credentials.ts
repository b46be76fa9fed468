import type { Config } from '@hil/config';
import type { CredentialsFor } from '@hil/version-control';

/** The tokens of the configuration, each for the one host it belongs to. */
export function credentialsFor(config: Config): CredentialsFor {
  const known = new Map<string, { username: string; password: string }>();
  const { github, gitlab } = config;
  if (github.token !== undefined) {
    known.set(github.host.toLowerCase(), { username: 'x-access-token', password: github.token });
  }
  if (gitlab.token !== undefined) {
    known.set(new URL(gitlab.url).host.toLowerCase(), {
      username: 'oauth2',
      password: gitlab.token,
    });
  }
  return (host) => known.get(host.toLowerCase());
}
