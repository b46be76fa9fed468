import type { RepositoryAddress } from '../repository-address.js';
import type { GitCredentials } from '../remote-access.js';
import type { Forge } from './forge.port.js';
import {
  createGitHubClient,
  installationToken,
  type GitHubAccess,
} from './github/github-client.js';
import { GitHubForge } from './github/github.forge.js';
import { createGitLabClient, type GitLabAccess } from './gitlab/gitlab-client.js';
import { GitLabForge } from './gitlab/gitlab.forge.js';

/** The forges of this installation. A forge without credentials is left out. */
export interface ForgesOptions {
  github?: (GitHubAccess & { /** Host of clone URLs. */ host: string }) | undefined;
  gitlab?: GitLabAccess | undefined;
}

/** A token of an App is used up to here before its end, in ms; GitHub gives them for an hour. */
const TOKEN_LIFE_MS = 50 * 60_000;

/**
 * Finds the forge of a repository by its address, and gives git the credentials of that forge alone: other
 * services on its host get none, and what is for https does not go over plain http.
 * Tokens of App installations are asked for when needed, for one repository each, and kept in memory.
 */
export class Forges {
  readonly #issued = new Map<string, { token: string; until: number }>();

  constructor(private readonly options: ForgesOptions) {}

  /** The forge a repository is on; null where this installation has no credentials, or for a local path. */
  async of(address: RepositoryAddress, signal: AbortSignal): Promise<Forge | null> {
    if (address.kind === 'local') return null;
    const { github, gitlab } = this.options;
    if (github !== undefined && address.host === github.host.toLowerCase()) {
      const at = ownerAndName(address.url);
      if (at === undefined) return null;
      if (github.credentials.kind === 'token') {
        return new GitHubForge(await createGitHubClient(github), at, signal);
      }
      const token = await this.#appToken(github, at, signal);
      const client = await createGitHubClient({ ...github, credentials: { kind: 'token', token } });
      return new GitHubForge(client, at, signal, `app-${github.credentials.appId}`);
    }
    if (gitlab !== undefined && isBelow(address.url, gitlab.url)) {
      const path = pathBelow(address.url, gitlab.url);
      return new GitLabForge(await createGitLabClient(gitlab, signal), path, signal);
    }
    return null;
  }

  /** What git needs to speak to this repository; undefined where nothing is known. */
  async credentialsFor(
    address: { host: string; url: string },
    signal: AbortSignal,
  ): Promise<GitCredentials | undefined> {
    const { github, gitlab } = this.options;
    if (github !== undefined && address.host.toLowerCase() === github.host.toLowerCase()) {
      if (!isAsPrivate(address.url, github.apiUrl)) return undefined;
      const username = 'x-access-token';
      if (github.credentials.kind === 'token')
        return { username, password: github.credentials.token };
      const at = ownerAndName(address.url);
      // A repository the App is not installed on may still be public.
      const token =
        at === undefined
          ? undefined
          : await this.#appToken(github, at, signal).catch(() => undefined);
      return token === undefined ? undefined : { username, password: token };
    }
    if (gitlab !== undefined && isBelow(address.url, gitlab.url)) {
      return { username: 'oauth2', password: gitlab.token };
    }
    return undefined;
  }

  async #appToken(
    github: GitHubAccess,
    at: { owner: string; repo: string },
    signal: AbortSignal,
  ): Promise<string> {
    const key = `${at.owner}/${at.repo}`.toLowerCase();
    const known = this.#issued.get(key);
    if (known !== undefined && known.until > Date.now()) return known.token;
    const { token } = await installationToken(github, at, signal);
    this.#issued.set(key, { token, until: Date.now() + TOKEN_LIFE_MS });
    return token;
  }
}

function ownerAndName(url: string): { owner: string; repo: string } | undefined {
  const parts = new URL(url).pathname
    .replace(/\.git$/, '')
    .split('/')
    .filter((part) => part !== '');
  const [owner, repo] = parts.map(decodeURIComponent);
  return owner === undefined || repo === undefined || parts.length !== 2
    ? undefined
    : { owner, repo };
}

/** Whether a token that the API may have is safe at this URL too: plain http only where the API speaks it. */
function isAsPrivate(url: string, apiUrl: string): boolean {
  return new URL(url).protocol === 'https:' || new URL(apiUrl).protocol === 'http:';
}

/** Whether a URL has the scheme, host and port of this root, and its path or one below it. */
function isBelow(url: string, root: string): boolean {
  const [at, top] = [new URL(url), new URL(root)];
  return at.origin === top.origin && `${at.pathname}/`.startsWith(folderOf(top));
}

function pathBelow(url: string, root: string): string {
  const path = new URL(url).pathname
    .slice(folderOf(new URL(root)).length)
    .replace(/^\/+/, '')
    .replace(/\.git$/, '');
  return path.split('/').map(decodeURIComponent).join('/');
}

function folderOf({ pathname }: URL): string {
  return `${pathname.replace(/\/+$/, '')}/`;
}
