import { createHash } from 'node:crypto';
import { isAbsolute, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HilError } from '@hil/contracts';
import ipaddr from 'ipaddr.js';

/** Which repositories this installation may touch (REPO_ALLOWED_HOSTS, REPO_ALLOW_HTTP, REPO_ALLOW_LOCAL_PATHS). */
export interface RepositoryPolicy {
  /** `host` or `host:port`; empty means any public host. A listed host may be private. */
  allowedHosts: readonly string[];
  allowHttp: boolean;
  allowLocalPaths: boolean;
}

/** A checked address. `key` names the mirror folder: readable, unique, safe in a path. */
export type RepositoryAddress =
  | { kind: 'remote'; url: string; host: string; key: string }
  | { kind: 'local'; path: string; key: string };

const CONTROL = /[\u0000-\u0020\u007f-\u009f\u2028\u2029\\]/u;
const SCP_LIKE = /^[^/:@\s]+@[^/:\s]+:/;

/**
 * Checks what a person typed as repository and brings it into one spelling.
 * @throws HilError validation_error when it is no address we can read, repository_not_allowed when policy forbids it
 */
export function parseRepositoryAddress(text: string, policy: RepositoryPolicy): RepositoryAddress {
  const typed = text.trim();
  if (typed === '') throw invalid('The repository address is empty. Give an https URL.');
  if (typed.length > 2048) throw invalid('The repository address is too long.');
  if (typed.startsWith('-')) throw invalid('A repository address can not start with a dash.');
  if (typed.startsWith('/') || /^file:/i.test(typed)) return localAddress(typed, policy);
  if (SCP_LIKE.test(typed) || /^(ssh|git\+ssh):/i.test(typed)) {
    throw invalid(
      'Addresses over ssh are not supported. Use the https address of the repository, such as https://github.com/owner/name.',
    );
  }
  if (CONTROL.test(typed)) {
    throw invalid('The repository address contains spaces, backslashes or control characters.');
  }
  if (!/^https?:\/\//i.test(typed)) {
    throw invalid(
      'The repository address must be an https URL' +
        (policy.allowLocalPaths ? ' or an absolute path on this machine.' : '.'),
    );
  }
  return remoteAddress(typed, policy);
}

function remoteAddress(typed: string, policy: RepositoryPolicy): RepositoryAddress {
  let url: URL;
  try {
    url = new URL(typed);
  } catch (cause) {
    throw new HilError('validation_error', 'The repository address is not a valid URL.', { cause });
  }
  if (url.username !== '' || url.password !== '') {
    throw invalid(
      'The repository address contains credentials. Remove them; tokens belong in the configuration (GITHUB_TOKEN, GITLAB_TOKEN).',
    );
  }
  if (url.search !== '' || url.hash !== '') {
    throw invalid('The repository address must not contain "?" or "#".');
  }
  if (/%(0[0-9a-f]|1[0-9a-f]|2f|5c|7f)/i.test(url.pathname)) {
    throw invalid('The repository address contains encoded control characters or separators.');
  }
  const path = url.pathname.replace(/\/+$/, '');
  if (path === '') throw invalid('The repository address names a host but no repository.');
  const host = url.host;
  const listed = isListed(url, policy);
  if (!listed && policy.allowedHosts.length > 0) {
    throw notAllowed(
      `Repositories on ${host} are not allowed here. Allowed: ${policy.allowedHosts.join(', ')} (REPO_ALLOWED_HOSTS).`,
    );
  }
  if (!listed && isPrivateName(url.hostname)) throw privateHost(host);
  if (url.protocol === 'http:' && !policy.allowHttp) {
    throw notAllowed(
      `Plain http is not allowed for ${host}. Use https, or set REPO_ALLOW_HTTP=true.`,
    );
  }
  const clean = `${url.protocol}//${host}${path}`;
  return { kind: 'remote', url: clean, host, key: keyOf(host + path, clean.replace(/\.git$/, '')) };
}

function localAddress(typed: string, policy: RepositoryPolicy): RepositoryAddress {
  if (!policy.allowLocalPaths) {
    throw notAllowed(
      'Local paths are not allowed here (REPO_ALLOW_LOCAL_PATHS; only when the server listens on loopback). Give an https URL.',
    );
  }
  let path = typed;
  if (/^file:/i.test(typed)) {
    try {
      path = fileURLToPath(typed);
    } catch (cause) {
      throw new HilError('validation_error', 'The file URL is not valid.', { cause });
    }
  }
  if (/[\u0000-\u001f]/u.test(path)) throw invalid('The path contains control characters.');
  path = normalize(path).replace(/(?<=.)\/+$/, '');
  if (!isAbsolute(path)) throw invalid('Give the absolute path of the repository.');
  return { kind: 'local', path, key: keyOf(path, `file:${path}`) };
}

/** True when REPO_ALLOWED_HOSTS names this host, with this port or without any. */
export function isListed(url: URL, policy: RepositoryPolicy): boolean {
  const port = url.port !== '' ? url.port : url.protocol === 'http:' ? '80' : '443';
  const name = url.hostname.toLowerCase().replace(/\.$/, '');
  return policy.allowedHosts.some((entry) => {
    const wanted = entry.trim().toLowerCase();
    return wanted === name || wanted === `${name}:${port}`;
  });
}

/** True for addresses that are not public: loopback, private, link-local, multicast, carrier NAT and the like. */
export function isPrivateAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return true;
  const parsed = ipaddr.process(address); // IPv4 inside IPv6 becomes IPv4
  if (parsed.range() === 'unicast') return false;
  // NAT64 and 6to4 wrap an IPv4 address; they are refused as a whole, like every other special range.
  return true;
}

function isPrivateName(hostname: string): boolean {
  const name = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (ipaddr.isValid(name)) return isPrivateAddress(name);
  return (
    !name.includes('.') || /(^|\.)(localhost|local|internal|intranet|lan|home\.arpa)$/i.test(name)
  );
}

/** The refusal for a host that is, or resolves to, an address inside this network. */
export function privateHost(host: string): HilError {
  return notAllowed(
    `${host} is an address inside a private network or this machine. If it is your git server, add it to REPO_ALLOWED_HOSTS.`,
  );
}

function keyOf(readable: string, identity: string): string {
  const slug = readable
    .toLowerCase()
    .replace(/\.git$/, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(-48)
    .replace(/^-+/, '');
  const digest = createHash('sha256').update(identity).digest('hex').slice(0, 16);
  return slug === '' ? digest : `${slug}-${digest}`;
}

function invalid(message: string): HilError {
  return new HilError('validation_error', message);
}

function notAllowed(message: string): HilError {
  return new HilError('repository_not_allowed', message);
}
