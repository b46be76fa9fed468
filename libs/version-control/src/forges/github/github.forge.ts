import { setTimeout as sleep } from 'node:timers/promises';
import type { Octokit } from '@octokit/rest';
import { ForgeError } from '../forge.error.js';
import type {
  Forge,
  ForgeFork,
  ForgeProject,
  NewPullRequest,
  PullActivity,
  PullHead,
  PullRequest,
} from '../forge.port.js';
import { commentsOf, checksOf } from './github-activity.js';
import { limits, translated } from './github-client.js';

/** A new fork is empty for a while; looked for this often, in ms. */
const FORK_LOOKS_MS = [0, 500, 1_000, 2_000, 4_000, 8_000];

/** GitHub, or a GitHub Enterprise Server, by its REST API. */
export class GitHubForge implements Forge {
  readonly kind = 'github';
  readonly noun = 'pull request';
  readonly limits = { title: 256, body: 65_536 };

  /** @param appLogin set for an installation of an App, which can't ask who it is */
  constructor(
    private readonly octokit: Octokit,
    private readonly at: { owner: string; repo: string },
    private readonly signal: AbortSignal,
    private readonly appLogin?: string,
  ) {}

  async project(): Promise<ForgeProject> {
    const { data } = await this.#ask((request) =>
      this.octokit.rest.repos.get({ ...this.at, request }),
    );
    return {
      fullName: data.full_name,
      defaultBranch: data.default_branch,
      private: data.private,
      archived: data.archived,
      canPush: data.permissions?.push === true || this.appLogin !== undefined,
      canFork: data.allow_forking !== false && this.appLogin === undefined,
    };
  }

  async login(): Promise<string> {
    if (this.appLogin !== undefined) return this.appLogin;
    const { data } = await this.#ask((request) =>
      this.octokit.rest.users.getAuthenticated({ request }),
    );
    return data.login;
  }

  async isProtected(branch: string): Promise<boolean> {
    try {
      const { data } = await this.#ask((request) =>
        this.octokit.rest.repos.getBranch({ ...this.at, branch, request }),
      );
      return data.protected;
    } catch (error) {
      if (error instanceof ForgeError && error.failure === 'not_found') return false;
      throw error;
    }
  }

  async fork(): Promise<ForgeFork> {
    const { data } = await this.#ask((request) =>
      // Answers the fork that exists, if there is one: it does no harm twice.
      this.octokit.rest.repos.createFork({ ...this.at, default_branch_only: true, request }),
    );
    const [owner = '', repo = ''] = data.full_name.split('/');
    for (const pause of FORK_LOOKS_MS) {
      await sleep(pause, undefined, { signal: this.signal });
      const found = await this.#ask((request) =>
        this.octokit.rest.repos.get({ owner, repo, request }),
      ).catch((error: unknown) => {
        if (error instanceof ForgeError && error.failure === 'not_found') return undefined;
        throw error;
      });
      if (found !== undefined) return { fullName: data.full_name, url: data.clone_url };
    }
    throw new ForgeError('uncertain', `The fork ${data.full_name} is not ready yet.`);
  }

  async find(head: PullHead, base?: string): Promise<PullRequest[]> {
    const owner = head.fork?.split('/')[0] ?? this.at.owner;
    const { data } = await this.#ask((request) =>
      this.octokit.rest.pulls.list({
        ...this.at,
        head: `${owner}:${head.branch}`,
        state: 'all',
        sort: 'created',
        direction: 'desc',
        per_page: 100,
        ...(base === undefined ? {} : { base }),
        request,
      }),
    );
    return data.map(pullOf);
  }

  async get(number: number): Promise<PullRequest> {
    const { data } = await this.#ask((request) =>
      this.octokit.rest.pulls.get({ ...this.at, pull_number: number, request }),
    );
    return pullOf(data);
  }

  async create({ head, base, title, body, draft }: NewPullRequest): Promise<PullRequest> {
    const owner = head.fork?.split('/')[0] ?? this.at.owner;
    const { data } = await this.#ask((request) =>
      this.octokit.rest.pulls.create({
        ...this.at,
        head: head.fork === undefined ? head.branch : `${owner}:${head.branch}`,
        base,
        title,
        body,
        draft,
        request,
      }),
    );
    return pullOf(data);
  }

  async update(number: number, change: { title?: string; body?: string }): Promise<PullRequest> {
    const { data } = await this.#ask((request) =>
      this.octokit.rest.pulls.update({ ...this.at, pull_number: number, ...change, request }),
    );
    return pullOf(data);
  }

  async close(number: number): Promise<void> {
    await this.#ask((request) =>
      this.octokit.rest.pulls.update({ ...this.at, pull_number: number, state: 'closed', request }),
    );
  }

  async addLabels(number: number, labels: readonly string[]): Promise<void> {
    if (labels.length === 0) return;
    await this.#ask((request) =>
      this.octokit.rest.issues.addLabels({
        ...this.at,
        issue_number: number,
        labels: [...labels],
        request,
      }),
    );
  }

  async requestReviewers(
    number: number,
    { users, teams }: { users: readonly string[]; teams: readonly string[] },
  ): Promise<string[]> {
    const asked: string[] = [];
    // One by one when asked together fails: GitHub takes all or none, and one stranger spoils it.
    const ask = async (reviewers: string[], team_reviewers: string[]): Promise<void> => {
      if (reviewers.length + team_reviewers.length === 0) return;
      try {
        await this.#ask((request) =>
          this.octokit.rest.pulls.requestReviewers({
            ...this.at,
            pull_number: number,
            ...(reviewers.length === 0 ? {} : { reviewers }),
            ...(team_reviewers.length === 0 ? {} : { team_reviewers }),
            request,
          }),
        );
        asked.push(...reviewers, ...team_reviewers);
      } catch (error) {
        if (!(error instanceof ForgeError) || error.failure !== 'refused') throw error;
        if (reviewers.length + team_reviewers.length === 1) return;
        for (const one of reviewers) await ask([one], []);
        for (const one of team_reviewers) await ask([], [one]);
      }
    };
    await ask([...users], [...teams]);
    return asked;
  }

  async comment(number: number, body: string): Promise<void> {
    await this.#ask((request) =>
      this.octokit.rest.issues.createComment({ ...this.at, issue_number: number, body, request }),
    );
  }

  async activity(number: number): Promise<PullActivity> {
    const pull = await this.get(number);
    const ask = <T>(work: (request: { signal: AbortSignal }) => Promise<T>): Promise<T> =>
      this.#ask(work);
    const [comments, checks] = await Promise.all([
      commentsOf(this.octokit, this.at, number, ask),
      pull.headSha === undefined ? [] : checksOf(this.octokit, this.at, pull.headSha, ask),
    ]);
    return { pull, comments, checks };
  }

  #ask<T>(work: (request: { signal: AbortSignal }) => Promise<T>): Promise<T> {
    this.signal.throwIfAborted();
    return translated(() => work(limits(this.signal)));
  }
}

interface GitHubPull {
  number: number;
  html_url: string;
  state: string;
  merged_at: string | null;
  draft?: boolean | undefined;
  title: string;
  body: string | null;
  user: { login: string } | null;
  base: { ref: string };
  head: { ref: string; sha: string };
}

function pullOf(pull: GitHubPull): PullRequest {
  return {
    number: pull.number,
    url: pull.html_url,
    state: pull.merged_at !== null ? 'merged' : pull.state === 'open' ? 'open' : 'closed',
    draft: pull.draft === true,
    title: pull.title,
    body: pull.body ?? '',
    author: pull.user?.login ?? '',
    base: pull.base.ref,
    branch: pull.head.ref,
    headSha: pull.head.sha,
  };
}
