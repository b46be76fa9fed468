import { createVerify, randomBytes } from 'node:crypto';
import { plainGit } from '../plain-git.js';

export type Access = 'read' | 'write';

/** A repository on the forge; its branches are those of the bare repository. */
export interface ForgeRepository {
  id: number;
  owner: string;
  name: string;
  bare: string;
  defaultBranch: string;
  private: boolean;
  /** Full name of the repository it was forked from. */
  parent?: string;
  allowForking: boolean;
  /** GitHub refuses drafts in private repositories of some plans. */
  drafts: boolean;
  protectedBranches: string[];
  collaborators: Record<string, Access>;
}

export interface ForgeComment {
  id: number;
  author: string;
  body: string;
  createdAt: string;
  /** Review comments: where. */
  path?: string;
  line?: number;
}

export interface ForgeCheck {
  id: number;
  sha: string;
  name: string;
  status: 'queued' | 'in_progress' | 'completed';
  conclusion: 'success' | 'failure' | 'cancelled' | null;
  /** What it says: the summary of a GitHub check, the description of a GitLab status. */
  summary?: string;
}

/** A pull request or merge request. */
export interface ForgePull {
  id: number;
  number: number;
  /** Full name of the repository that would take it. */
  repository: string;
  head: { repository: string; owner: string; branch: string };
  base: string;
  title: string;
  body: string;
  draft: boolean;
  state: 'open' | 'closed' | 'merged';
  author: string;
  labels: string[];
  reviewers: string[];
  teams: string[];
  comments: ForgeComment[];
  reviewComments: ForgeComment[];
  reviews: { id: number; author: string; body: string; state: string; createdAt: string }[];
  createdAt: string;
  updatedAt: string;
}

/** Who a request is from. */
export interface Caller {
  login: string;
  id: number;
  /** Set for installation tokens of an App: the repositories they reach. */
  installation?: { appId: number; repositories: string[] };
}

interface App {
  id: number;
  slug: string;
  publicKey: string;
  installations: { id: number; account: string; repositories: string[] }[];
}

/** Everything the fake forge knows besides git. */
export class ForgeState {
  readonly users = new Map<string, number>();
  readonly tokens = new Map<string, Caller>();
  readonly apps = new Map<number, App>();
  readonly repositories = new Map<string, ForgeRepository>();
  readonly pulls: ForgePull[] = [];
  readonly checks: ForgeCheck[] = [];
  #lastId = 1000;

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  /** @returns a token of that user */
  addUser(login: string): string {
    const id = this.users.get(login) ?? this.nextId();
    this.users.set(login, id);
    const token = `fake_${randomBytes(18).toString('hex')}`;
    this.tokens.set(token, { login, id });
    return token;
  }

  repository(fullName: string): ForgeRepository | undefined {
    const wanted = fullName.toLowerCase();
    for (const [name, repository] of this.repositories) {
      if (name.toLowerCase() === wanted) return repository;
    }
    return undefined;
  }

  /** Null: for this caller the repository does not exist. */
  accessOf(repository: ForgeRepository, caller: Caller | undefined): Access | null {
    const open = repository.private ? null : 'read';
    if (caller === undefined) return open;
    if (caller.installation !== undefined) {
      return caller.installation.repositories.includes(fullNameOf(repository)) ? 'write' : open;
    }
    if (repository.owner === caller.login) return 'write';
    return repository.collaborators[caller.login] ?? open;
  }

  async branchSha(repository: ForgeRepository, branch: string): Promise<string | undefined> {
    return plainGit(
      repository.bare,
      'rev-parse',
      '--verify',
      '--quiet',
      `refs/heads/${branch}`,
    ).catch(() => undefined);
  }

  async commitsBetween(
    base: { repository: ForgeRepository; sha: string },
    head: { repository: ForgeRepository; sha: string },
  ): Promise<number> {
    const alternates = { bare: head.repository.bare };
    const count = await plainGit(
      alternates.bare,
      'rev-list',
      '--count',
      head.sha,
      `^${base.sha}`,
    ).catch(() => '1'); // a fork that lacks the newest base commit differs from it anyway
    return Number(count);
  }

  findPulls(repository: string): ForgePull[] {
    return this.pulls.filter((pull) => pull.repository === repository);
  }

  pull(repository: string, number: number): ForgePull | undefined {
    return this.findPulls(repository).find((pull) => pull.number === number);
  }

  addPull(
    pull: Omit<
      ForgePull,
      'id' | 'number' | 'createdAt' | 'updatedAt' | 'comments' | 'reviewComments' | 'reviews'
    >,
  ): ForgePull {
    const now = stamp();
    const added: ForgePull = {
      ...pull,
      id: this.nextId(),
      number: this.findPulls(pull.repository).length + 1,
      comments: [],
      reviewComments: [],
      reviews: [],
      createdAt: now,
      updatedAt: now,
    };
    this.pulls.push(added);
    return added;
  }

  /** Checks an App's JWT: RS256, its key, and no longer than ten minutes. */
  appOf(jwt: string, now = Date.now()): App | undefined {
    const [head, payload, signature] = jwt.split('.');
    if (head === undefined || payload === undefined || signature === undefined) return undefined;
    try {
      const { alg } = decode(head);
      const { iss, iat, exp } = decode(payload);
      const app = this.apps.get(Number(iss));
      const seconds = now / 1000;
      const inTime =
        typeof iat === 'number' && typeof exp === 'number' && exp > seconds && exp - seconds <= 600;
      const signed = createVerify('RSA-SHA256').update(`${head}.${payload}`);
      if (app === undefined || alg !== 'RS256' || !inTime) return undefined;
      return signed.verify(app.publicKey, signature, 'base64url') ? app : undefined;
    } catch {
      return undefined;
    }
  }
}

/** ISO 8601 without fractions, as both forges send it. */
export function stamp(date = new Date()): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}

export function fullNameOf({ owner, name }: Pick<ForgeRepository, 'owner' | 'name'>): string {
  return `${owner}/${name}`;
}

function decode(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Record<string, unknown>;
}
