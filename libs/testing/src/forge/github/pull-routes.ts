import { Refusal, type Answer } from '../answer.js';
import { fullNameOf, stamp, type ForgeState } from '../state.js';
import type { GitHubObjects } from './objects.js';
import { problem, unauthorized } from './problem.js';
import { ok, type GitHubRequest, type Route, type Way } from './request.js';

const MAX_BODY = 65_536;
const MAX_TITLE = 256;

/** Routes that open, list and change pull requests. */
export class PullRoutes {
  constructor(
    private readonly state: ForgeState,
    private readonly objects: GitHubObjects,
    private readonly way: Way,
  ) {}

  readonly table: Record<string, Route> = {
    'get /repos/{owner}/{repo}/pulls': async (request) => {
      const { repository } = this.way.reach(request);
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
    'post /repos/{owner}/{repo}/pulls': (request) => this.create(request),
    'get /repos/{owner}/{repo}/pulls/{pull_number}': async (request) =>
      ok(await this.objects.pull(this.way.pull(request), true)),
    'patch /repos/{owner}/{repo}/pulls/{pull_number}': async (request) => {
      this.way.mustPush(request);
      const pull = this.way.pull(request);
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
      const { repository } = this.way.mustPush(request);
      const pull = this.way.pull(request);
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
    'post /repos/{owner}/{repo}/issues/{issue_number}/labels': (request) => {
      this.way.mustPush(request);
      const pull = this.way.pull(request);
      pull.labels = [...new Set([...pull.labels, ...((request.body['labels'] ?? []) as string[])])];
      return ok(pull.labels.map((name) => this.objects.label(pull.repository, name)));
    },
  };

  private async create(request: GitHubRequest): Promise<Answer> {
    const { repository } = this.way.reach(request);
    const { caller, body } = request;
    if (caller === null) throw unauthorized();
    const [headOwner, branch] = splitHead(String(body['head']), repository.owner);
    const headRepository = this.way.network(repository).find(({ owner }) => owner === headOwner);
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
    const open = (): boolean =>
      this.state
        .findPulls(repositoryName)
        .some(
          (pull) =>
            pull.state === 'open' &&
            pull.base === base &&
            pull.head.owner === headOwner &&
            pull.head.branch === branch,
        );
    if (open()) throw custom(`A pull request already exists for ${headOwner}:${branch}.`);
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
    if (open()) throw custom(`A pull request already exists for ${headOwner}:${branch}.`);
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
