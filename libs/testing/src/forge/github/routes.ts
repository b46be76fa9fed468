import { randomBytes } from 'node:crypto';
import { Refusal, type Answer } from '../answer.js';
import {
  fullNameOf,
  stamp,
  type Caller,
  type ForgePull,
  type ForgeRepository,
  type ForgeState,
} from '../state.js';
import type { GitHubObjects } from './objects.js';
import { problem, unauthorized } from './problem.js';

/** One request, its path parameters resolved and its shape checked. */
export interface GitHubRequest {
  operation: string;
  path: Record<string, string>;
  query: URLSearchParams;
  body: Record<string, unknown>;
  /** Null: no Authorization header. */
  caller: Caller | null;
  /** The Authorization header's token, for App routes. */
  token: string;
}

type Route = (request: GitHubRequest) => Answer | Promise<Answer>;

/** Forks a repository for a user; answers the fork. */
export type Fork = (parent: ForgeRepository, owner: string) => Promise<ForgeRepository>;

const MAX_BODY = 65_536;
const MAX_TITLE = 256;

/** GitHub's routes, as far as the product uses them, on the forge's state and real branches. */
export class GitHubRoutes {
  constructor(
    private readonly state: ForgeState,
    private readonly objects: GitHubObjects,
    private readonly fork: Fork,
  ) {}

  async answer(request: GitHubRequest): Promise<Answer> {
    const route = this.#routes[request.operation];
    if (route === undefined) throw new Error(`no route for ${request.operation}`);
    return route(request);
  }

  readonly #routes: Record<string, Route> = {
    'get /user': ({ caller }) => {
      if (caller === null) throw unauthorized();
      if (caller.installation !== undefined)
        throw forbidden('Resource not accessible by integration');
      return ok(this.objects.publicUser(caller.login));
    },
    'get /users/{username}': ({ path }) => {
      if (!this.state.users.has(path['username'] ?? '')) throw notFound();
      return ok(this.objects.publicUser(path['username'] ?? ''));
    },
    'get /repos/{owner}/{repo}': (request) => {
      const { repository, pushable } = this.#reach(request);
      return ok(this.objects.fullRepository(repository, pushable));
    },
    'get /repos/{owner}/{repo}/branches/{branch}': async (request) => {
      const { repository } = this.#reach(request);
      const name = request.path['branch'] ?? '';
      const sha = await this.state.branchSha(repository, name);
      if (sha === undefined) throw notFound('Branch not found');
      return ok(this.objects.branch(repository, name, sha));
    },
    'get /repos/{owner}/{repo}/pulls': async (request) => {
      const { repository } = this.#reach(request);
      const { query } = request;
      const wanted = query.get('state') ?? 'open';
      const [owner, branch] = splitHead(query.get('head'));
      const found = this.state
        .findPulls(fullNameOf(repository))
        .filter(({ state }) => wanted === 'all' || (state === 'open') === (wanted === 'open'))
        .filter(({ base }) => !query.has('base') || query.get('base') === base)
        // GitHub ignores a head without its owner.
        .filter(({ head }) => owner === '' || (head.owner === owner && head.branch === branch))
        .reverse();
      return ok(await Promise.all(found.map((pull) => this.objects.pull(pull, false))));
    },
    'post /repos/{owner}/{repo}/pulls': (request) => this.#create(request),
    'get /repos/{owner}/{repo}/pulls/{pull_number}': async (request) =>
      ok(await this.objects.pull(this.#pull(request), true)),
    'patch /repos/{owner}/{repo}/pulls/{pull_number}': async (request) => {
      this.#mustPush(request);
      const pull = this.#pull(request);
      const { title, body, state } = request.body;
      checkLengths(request.body);
      if (typeof title === 'string') pull.title = title;
      if (typeof body === 'string') pull.body = body;
      if (state === 'closed' && pull.state === 'open') pull.state = 'closed';
      if (state === 'open' && pull.state === 'closed') pull.state = 'open';
      pull.updatedAt = stamp();
      return ok(await this.objects.pull(pull, true));
    },
    'post /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers': async (request) => {
      const { repository } = this.#mustPush(request);
      const pull = this.#pull(request);
      const reviewers = (request.body['reviewers'] ?? []) as string[];
      if (reviewers.includes(pull.author)) {
        throw new Refusal(422, problem('Review cannot be requested from pull request author.'));
      }
      const strangers = reviewers.filter(
        (login) => login !== repository.owner && repository.collaborators[login] === undefined,
      );
      if (strangers.length > 0) {
        throw new Refusal(
          422,
          problem(
            `Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the ${fullNameOf(repository)} repository.`,
          ),
        );
      }
      pull.reviewers = [...new Set([...pull.reviewers, ...reviewers])];
      pull.teams = [
        ...new Set([...pull.teams, ...((request.body['team_reviewers'] ?? []) as string[])]),
      ];
      return { status: 201, body: await this.objects.pull(pull, false) };
    },
    'get /repos/{owner}/{repo}/pulls/{pull_number}/comments': (request) => {
      const pull = this.#pull(request);
      return ok(pull.reviewComments.map((comment) => this.objects.reviewComment(pull, comment)));
    },
    'get /repos/{owner}/{repo}/pulls/{pull_number}/reviews': (request) => {
      const pull = this.#pull(request);
      return ok(pull.reviews.map((review) => this.objects.review(pull, review)));
    },
    'post /repos/{owner}/{repo}/issues/{issue_number}/labels': (request) => {
      this.#mustPush(request);
      const pull = this.#pull(request);
      pull.labels = [...new Set([...pull.labels, ...((request.body['labels'] ?? []) as string[])])];
      return ok(pull.labels.map((name) => this.objects.label(pull.repository, name)));
    },
    'get /repos/{owner}/{repo}/issues/{issue_number}/comments': (request) => {
      const pull = this.#pull(request);
      return ok(pull.comments.map((comment) => this.objects.comment(pull, comment)));
    },
    'post /repos/{owner}/{repo}/issues/{issue_number}/comments': (request) => {
      const pull = this.#pull(request);
      const comment = {
        id: this.state.nextId(),
        author: request.caller?.login ?? '',
        body: String(request.body['body']),
        createdAt: stamp(),
      };
      if (request.caller === null) throw unauthorized();
      pull.comments.push(comment);
      return { status: 201, body: this.objects.comment(pull, comment) };
    },
    'get /repos/{owner}/{repo}/commits/{ref}/check-runs': (request) => {
      const { repository } = this.#reach(request);
      const runs = this.state.checks.filter(({ sha }) => sha === request.path['ref']);
      const check_runs = runs.map((check) => this.objects.checkRun(repository, check));
      return ok({ total_count: runs.length, check_runs });
    },
    'get /repos/{owner}/{repo}/commits/{ref}/status': (request) => {
      const { repository } = this.#reach(request);
      const sha = request.path['ref'] ?? '';
      const { url } = this.objects.repository(repository, null);
      return ok({
        state: 'pending',
        statuses: [],
        sha,
        total_count: 0,
        repository: this.objects.repository(repository, null),
        commit_url: `${String(url)}/commits/${sha}`,
        url: `${String(url)}/commits/${sha}/status`,
      });
    },
    'post /repos/{owner}/{repo}/forks': async (request) => {
      const { repository } = this.#reach(request);
      if (request.caller === null) throw unauthorized();
      if (request.caller.installation !== undefined)
        throw forbidden('Resource not accessible by integration');
      if (!repository.allowForking) throw forbidden('Forking is disabled for this repository');
      const fork = await this.fork(repository, request.caller.login);
      return { status: 202, body: this.objects.fullRepository(fork, true) };
    },
    'get /repos/{owner}/{repo}/installation': ({ path, token }) => {
      const app = this.state.appOf(token);
      if (app === undefined) throw unauthorized();
      const name = `${path['owner']}/${path['repo']}`;
      const installation = app.installations.find(({ repositories }) =>
        repositories.includes(name),
      );
      if (installation === undefined) throw notFound();
      const account = this.objects.user(installation.account);
      return ok({
        id: installation.id,
        account,
        repository_selection: 'selected',
        access_tokens_url: `${String(account['url'])}/access_tokens`,
        repositories_url: `${String(account['url'])}/repositories`,
        html_url: String(account['html_url']),
        app_id: app.id,
        app_slug: app.slug,
        target_id: account['id'],
        target_type: 'User',
        permissions: { contents: 'write', pull_requests: 'write' },
        events: [],
        created_at: '2020-01-01T00:00:00Z',
        updated_at: '2020-01-01T00:00:00Z',
        single_file_name: null,
        suspended_by: null,
        suspended_at: null,
      });
    },
    'post /app/installations/{installation_id}/access_tokens': ({ path, token }) => {
      const app = this.state.appOf(token);
      const installation = app?.installations.find(
        ({ id }) => id === Number(path['installation_id']),
      );
      if (app === undefined) throw unauthorized();
      if (installation === undefined) throw notFound();
      const issued = `fake_installation_${randomBytes(16).toString('hex')}`;
      const login = `${app.slug}[bot]`;
      this.state.tokens.set(issued, {
        login,
        id: app.id,
        installation: { appId: app.id, repositories: installation.repositories },
      });
      const expires_at = stamp(new Date(Date.now() + 3_600_000));
      return { status: 201, body: { token: issued, expires_at, repository_selection: 'selected' } };
    },
  };

  #reach({ path, caller }: GitHubRequest): { repository: ForgeRepository; pushable: boolean } {
    const repository = this.state.repository(`${path['owner']}/${path['repo']}`);
    const access =
      repository === undefined ? null : this.state.accessOf(repository, caller ?? undefined);
    // Not even its existence is told.
    if (repository === undefined || access === null) throw notFound();
    return { repository, pushable: access === 'write' };
  }

  #mustPush(request: GitHubRequest): { repository: ForgeRepository } {
    const { repository, pushable } = this.#reach(request);
    const own = this.#pull(request).author === request.caller?.login;
    const byReading = request.operation.startsWith('patch') && own;
    if (!pushable && !byReading) throw notFound();
    return { repository };
  }

  #pull(request: GitHubRequest): ForgePull {
    const { repository } = this.#reach(request);
    const number = Number(request.path['pull_number'] ?? request.path['issue_number']);
    const pull = this.state.pull(fullNameOf(repository), number);
    if (pull === undefined) throw notFound();
    return pull;
  }

  async #create(request: GitHubRequest): Promise<Answer> {
    const { repository } = this.#reach(request);
    const { caller, body } = request;
    if (caller === null) throw unauthorized();
    const [headOwner, branch] = splitHead(String(body['head']), repository.owner);
    const headRepository = this.#network(repository).find(({ owner }) => owner === headOwner);
    const base = String(body['base']);
    const [headSha, baseSha] = await Promise.all([
      headRepository === undefined ? undefined : this.state.branchSha(headRepository, branch),
      this.state.branchSha(repository, base),
    ]);
    const errors: object[] = [];
    if (typeof body['title'] !== 'string' || body['title'].trim() === '') {
      errors.push({ resource: 'PullRequest', code: 'missing_field', field: 'title' });
    }
    if (headRepository === undefined || headSha === undefined) errors.push(invalid('head'));
    if (baseSha === undefined) errors.push(invalid('base'));
    if (errors.length > 0) throw new Refusal(422, problem('Validation Failed', errors));
    checkLengths(body);
    const repositoryName = fullNameOf(repository);
    const there = this.state
      .findPulls(repositoryName)
      .some(
        (pull) =>
          pull.state === 'open' &&
          pull.base === base &&
          pull.head.owner === headOwner &&
          pull.head.branch === branch,
      );
    if (there) throw custom(`A pull request already exists for ${headOwner}:${branch}.`);
    if (headRepository !== undefined && headSha !== undefined && baseSha !== undefined) {
      const ahead = await this.state.commitsBetween(
        { repository, sha: baseSha },
        { repository: headRepository, sha: headSha },
      );
      if (ahead === 0) throw custom(`No commits between ${base} and ${branch}`);
    }
    if (body['draft'] === true && !repository.drafts) {
      throw new Refusal(422, problem('Draft pull requests are not supported in this repository.'));
    }
    // Two requests at once: the one that comes second finds the first, as a unique index would have it.
    const again = this.state
      .findPulls(repositoryName)
      .some(
        (pull) =>
          pull.state === 'open' &&
          pull.base === base &&
          pull.head.owner === headOwner &&
          pull.head.branch === branch,
      );
    if (again) throw custom(`A pull request already exists for ${headOwner}:${branch}.`);
    const pull = this.state.addPull({
      repository: repositoryName,
      head: {
        repository: headRepository === undefined ? '' : fullNameOf(headRepository),
        owner: headOwner,
        branch,
      },
      base,
      title: String(body['title']),
      body: String(body['body'] ?? ''),
      draft: body['draft'] === true,
      state: 'open',
      author: caller.login,
      labels: [],
      reviewers: [],
      teams: [],
    });
    return { status: 201, body: await this.objects.pull(pull, true) };
  }

  /** The repository and its forks. */
  #network(repository: ForgeRepository): ForgeRepository[] {
    return [...this.state.repositories.values()].filter(
      (each) => each === repository || each.parent === fullNameOf(repository),
    );
  }
}

function ok(body: unknown): Answer {
  return { status: 200, body };
}

function splitHead(head: string | null, owner = ''): [string, string] {
  const at = (head ?? '').indexOf(':');
  if (head === null) return ['', ''];
  return at < 0 ? [owner, head] : [head.slice(0, at), head.slice(at + 1)];
}

function checkLengths({ title, body }: Record<string, unknown>): void {
  if (typeof title === 'string' && title.length > MAX_TITLE) throw tooLong('title', MAX_TITLE);
  if (typeof body === 'string' && body.length > MAX_BODY) throw tooLong('body', MAX_BODY);
}

function tooLong(field: string, maximum: number): Refusal {
  const message = `${field} is too long (maximum is ${maximum} characters)`;
  return new Refusal(
    422,
    problem('Validation Failed', [{ resource: 'Issue', code: 'custom', field, message }]),
  );
}

function invalid(field: string): object {
  return { resource: 'PullRequest', field, code: 'invalid' };
}

function custom(message: string): Refusal {
  return new Refusal(
    422,
    problem('Validation Failed', [{ resource: 'PullRequest', code: 'custom', message }]),
  );
}

function notFound(message = 'Not Found'): Refusal {
  return new Refusal(404, problem(message));
}

function forbidden(message: string): Refusal {
  return new Refusal(403, problem(message));
}
