import { createHash } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { mkdir, realpath, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HilError } from '@hil/contracts';
import ipaddr from 'ipaddr.js';
import type { GitSetting } from './git-environment.js';
import type { GitCall } from './git-process.js';
import {
  isListed,
  isPrivateAddress,
  privateHost,
  type RepositoryAddress,
  type RepositoryPolicy,
} from './repository-address.js';

/** A user name and password (or token) for one host. */
export interface GitCredentials {
  username: string;
  password: string;
}

/** Answers the credentials for a repository by its `host` or `host:port` and URL, if there are any. */
export type CredentialsFor = (
  host: string,
  url: string,
) => GitCredentials | undefined | Promise<GitCredentials | undefined>;

/** Answers every address of a host name, as dns.lookup does; throws when there is none. */
export type ResolveHost = (name: string) => Promise<string[]>;

const resolveWithSystem: ResolveHost = async (name) =>
  (await lookup(name, { all: true })).map((entry) => entry.address);

/** A source git may talk to now, and with which environment. */
export interface RemoteAccess {
  /** What is given to git after `--`. */
  source: string;
  /** How the repository is named to people. */
  shown: string;
  call: Pick<GitCall, 'protocols' | 'settings' | 'variables'>;
}

/**
 * Opens the way to a repository for the next few git calls: resolves the host once, refuses private
 * addresses, pins the checked ones, and adds credentials for this host alone. For a local path the
 * only protocol is `file`, and git trusts that folder whoever owns it (it runs nothing from there).
 * @throws HilError repository_not_allowed, repository_not_found, forge_unavailable
 */
export async function accessRemote(
  address: RepositoryAddress,
  options: {
    policy: RepositoryPolicy;
    credentials?: CredentialsFor | undefined;
    resolveHost?: ResolveHost | undefined;
    stateDir: string;
  },
): Promise<RemoteAccess> {
  if (address.kind === 'local') return accessLocal(address.path, options);
  const url = new URL(address.url);
  const settings: GitSetting[] = [];
  const pinned = await checkedAddresses(
    url,
    options.policy,
    options.resolveHost ?? resolveWithSystem,
  );
  if (pinned.length > 0) {
    const port = url.port !== '' ? url.port : url.protocol === 'http:' ? '80' : '443';
    const list = pinned.map((entry) => (entry.includes(':') ? `[${entry}]` : entry)).join(',');
    settings.push(['http.curloptResolve', `${url.hostname}:${port}:${list}`]);
  }
  const found = await options.credentials?.(address.host, address.url);
  if (found !== undefined) {
    const basic = Buffer.from(`${found.username}:${found.password}`).toString('base64');
    settings.push([`http.${url.origin}/.extraHeader`, `Authorization: Basic ${basic}`]);
  }
  return {
    source: address.url,
    shown: address.url,
    call: { protocols: url.protocol === 'http:' ? 'http' : 'https', settings },
  };
}

async function accessLocal(
  path: string,
  options: { policy: RepositoryPolicy; stateDir: string },
): Promise<RemoteAccess> {
  if (!options.policy.allowLocalPaths) {
    throw new HilError('repository_not_allowed', 'Local paths are not allowed here.');
  }
  let real: string;
  try {
    real = await realpath(path);
    if (!(await stat(real)).isDirectory()) throw new Error('not a folder');
  } catch (cause) {
    throw new HilError('repository_not_found', `There is no folder ${path} on this machine.`, {
      cause,
    });
  }
  const digest = createHash('sha256').update(real).digest('hex').slice(0, 16);
  const trust = join(options.stateDir, `trust-${digest}.gitconfig`);
  await mkdir(options.stateDir, { recursive: true });
  const quoted = (text: string): string => `"${text.replace(/(["\\])/g, '\\$1')}"`;
  await writeFile(
    trust,
    `[safe]\n\tdirectory = ${quoted(real)}\n\tdirectory = ${quoted(join(real, '.git'))}\n`,
  );
  return {
    source: real,
    shown: path,
    call: { protocols: 'file', variables: { GIT_CONFIG_GLOBAL: trust } },
  };
}

/** The addresses to pin; empty when the URL holds an address itself or a proxy does the resolving. */
async function checkedAddresses(
  url: URL,
  policy: RepositoryPolicy,
  resolveHost: ResolveHost,
): Promise<string[]> {
  const name = url.hostname.replace(/^\[|\]$/g, '');
  const listed = isListed(url, policy);
  if (ipaddr.isValid(name)) {
    if (!listed && isPrivateAddress(name)) throw privateHost(url.host);
    return [];
  }
  let found: string[];
  try {
    found = await resolveHost(name);
  } catch (cause) {
    // Behind a proxy this machine may be unable to resolve outside names; the proxy does it.
    if (usesProxy(url)) return [];
    throw new HilError(
      'repository_not_found',
      `The host ${url.host} can not be found. Check the address.`,
      { cause, retryable: true },
    );
  }
  if (!listed && found.some((entry) => isPrivateAddress(entry))) throw privateHost(url.host);
  return found;
}

function usesProxy(url: URL): boolean {
  const names =
    url.protocol === 'https:' ? ['https_proxy', 'HTTPS_PROXY'] : ['http_proxy', 'HTTP_PROXY'];
  return [...names, 'all_proxy', 'ALL_PROXY'].some((name) => (process.env[name] ?? '') !== '');
}
