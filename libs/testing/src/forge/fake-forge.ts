import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { GitCounts, GitServerFaults } from '../git-http.js';
import { plainGit } from '../plain-git.js';
import { temporaryDirectory } from '../temporary-directory.js';
import { FaultRules, type FaultRule } from './faults.js';
import { ForgeHttp, type SeenRequest } from './forge-http.js';
import {
  ForgeState,
  fullNameOf,
  type Access,
  type ForgePull,
  type ForgeRepository,
} from './state.js';

/** A repository as a test registers it. */
export interface NewForgeRepository {
  owner: string;
  name: string;
  /** Bare repository with the branches. */
  bare: string;
  private?: boolean;
  defaultBranch?: string;
  allowForking?: boolean;
  drafts?: boolean;
  protectedBranches?: string[];
  collaborators?: Record<string, Access>;
}

/**
 * GitHub, GitLab and git over smart HTTP on one free port of 127.0.0.1, with real branches. Every request
 * to the GitHub API, and every answer of it, is held to GitHub's own published description.
 */
export class FakeForge {
  readonly state = new ForgeState();
  /** Faults of the git side. */
  readonly faults: GitServerFaults = {};
  readonly #rules = new FaultRules();
  readonly #remove: (() => Promise<void>)[] = [];
  readonly #server = createServer();
  #http!: ForgeHttp;
  port = 0;

  static async start(): Promise<FakeForge> {
    const forge = new FakeForge();
    await forge.#listen();
    return forge;
  }

  async #listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.port = (this.#server.address() as AddressInfo).port;
    const fork = (parent: ForgeRepository, owner: string): Promise<ForgeRepository> =>
      this.#fork(parent, owner);
    this.#http = new ForgeHttp(this.state, this.#rules, this.faults, this.origin, fork);
    this.#server.on('request', (request, response) => {
      this.#http.handle(request, response).catch((error: unknown) => {
        this.problems.push(`the fake forge broke: ${String(error)}`);
        response.destroy();
      });
    });
  }

  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  get origin(): string {
    return `http://${this.host}`;
  }

  /** GITHUB_API_URL. */
  get apiUrl(): string {
    return `${this.origin}/api/v3`;
  }

  /** Look-ups, fetches and pushes that reached git. */
  get counts(): GitCounts {
    return this.#http.git.counts;
  }

  /** What was not as described, in requests and in our own answers; a spec expects none. */
  get problems(): string[] {
    return this.#http.problems;
  }

  /** Every Authorization and Private-Token header seen, on every route. */
  get authorizations(): string[] {
    return this.#http.authorizations;
  }

  /** Requests to the APIs of this method whose path (behind the API's root) matches. */
  seen(method: string, path: RegExp): SeenRequest[] {
    return this.#http.requests.filter((seen) => seen.method === method && path.test(seen.path));
  }

  /** Settings that make this server the GitHub of a deployment. */
  githubSettings(token: string): Record<string, string> {
    return { GITHUB_HOST: this.host, GITHUB_API_URL: this.apiUrl, GITHUB_TOKEN: token };
  }

  /** Settings that make this server the GitLab of a deployment. */
  gitlabSettings(token: string): Record<string, string> {
    return { GITLAB_URL: this.origin, GITLAB_TOKEN: token };
  }

  /** @returns a token of that user */
  addUser(login: string): string {
    return this.state.addUser(login);
  }

  /** A GitHub App that is installed on the named repositories (`owner/name`). @returns its id */
  addApp(slug: string, publicKey: string, repositories: string[]): number {
    const id = this.state.nextId();
    const account = repositories[0]?.split('/')[0] ?? '';
    const installations = [{ id: this.state.nextId(), account, repositories }];
    this.state.apps.set(id, { id, slug, publicKey, installations });
    return id;
  }

  /** @returns its clone URL */
  addRepository(given: NewForgeRepository): string {
    const repository: ForgeRepository = {
      id: this.state.nextId(),
      private: false,
      defaultBranch: 'main',
      allowForking: true,
      drafts: true,
      protectedBranches: [],
      collaborators: {},
      ...given,
    };
    this.state.repositories.set(fullNameOf(repository), repository);
    return this.url(fullNameOf(repository));
  }

  url(fullName: string): string {
    return `${this.origin}/${fullName}.git`;
  }

  /** Pull requests and merge requests, of one repository or of all. */
  pulls(fullName?: string): ForgePull[] {
    return fullName === undefined ? this.state.pulls : this.state.findPulls(fullName);
  }

  /** Branches of a repository and their commits. */
  async branches(fullName: string): Promise<Record<string, string>> {
    const repository = this.state.repository(fullName);
    if (repository === undefined) return {};
    const format = '--format=%(refname:lstrip=2) %(objectname)';
    const text = await plainGit(repository.bare, 'for-each-ref', format, 'refs/heads');
    const lines = text.split('\n').filter((line) => line !== '');
    return Object.fromEntries(lines.map((line) => line.split(' ') as [string, string]));
  }

  /** Makes the next matching requests fail. */
  fail(rule: FaultRule): void {
    this.#rules.add(rule);
  }

  /** Takes every fault back and drops what was held. */
  calm(): void {
    this.#rules.clear();
    for (const key of Object.keys(this.faults) as (keyof GitServerFaults)[])
      delete this.faults[key];
    this.#http.release();
  }

  async close(): Promise<void> {
    this.#http.git.close();
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const remove of this.#remove) await remove();
  }

  async #fork(parent: ForgeRepository, owner: string): Promise<ForgeRepository> {
    const parentName = fullNameOf(parent);
    const there = [...this.state.repositories.values()].find(
      (each) => each.parent === parentName && each.owner === owner,
    );
    if (there !== undefined) return there;
    const folder = await temporaryDirectory('hil-fork-');
    this.#remove.push(folder.remove);
    const bare = join(folder.path, 'fork.git');
    await plainGit(folder.path, 'clone', '--quiet', '--bare', parent.bare, bare);
    this.addRepository({
      owner,
      name: parent.name,
      bare,
      defaultBranch: parent.defaultBranch,
      private: parent.private,
    });
    const fork = this.state.repository(`${owner}/${parent.name}`);
    if (fork === undefined) throw new Error('the fork is not there');
    fork.parent = parentName;
    return fork;
  }
}
