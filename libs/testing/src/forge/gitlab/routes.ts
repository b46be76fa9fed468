import { Refusal, type Answer } from '../answer.js';
import {
  fullNameOf,
  stamp,
  type Caller,
  type ForgePull,
  type ForgeRepository,
  type ForgeState,
} from '../state.js';
import { GitLabObjects, stateOf } from './objects.js';

/** One request below /api/v4. */
export interface GitLabRequest {
  method: string;
  /** Behind /api/v4, still encoded: project paths hold an encoded slash. */
  path: string;
  query: URLSearchParams;
  body: Record<string, unknown>;
  caller: Caller | null;
}

interface Call extends GitLabRequest {
  values: string[];
}

interface Route {
  pattern: RegExp;
  /** Fields of query or body it takes; any other is refused. */
  fields: readonly string[];
  answer: (call: Call) => Answer | Promise<Answer>;
}

const PROJECT = '/projects/([^/]+)';
const REQUEST = `${PROJECT}/merge_requests/(\\d+)`;
const PAGES = ['page', 'per_page', 'order_by', 'sort'];
const TEXT_FIELDS = ['title', 'description', 'labels', 'reviewer_ids', 'remove_source_branch'];
const MAX_DESCRIPTION = 1_048_576;

/** GitLab's routes, as far as the product uses them (REST v4), on the forge's state and real branches. */
export class GitLabRoutes {
  readonly #objects: GitLabObjects;
  readonly #routes: Record<string, Route>;

  constructor(
    private readonly state: ForgeState,
    web: string,
    private readonly fork: (parent: ForgeRepository, owner: string) => Promise<ForgeRepository>,
  ) {
    this.#objects = new GitLabObjects(state, web);
    this.#routes = this.#table();
  }

  /** Answers, and tells a field no route knows by `unknown`. */
  async answer(request: GitLabRequest): Promise<{ answer: Answer; unknown: string[] }> {
    for (const [name, route] of Object.entries(this.#routes)) {
      const found = name.startsWith(`${request.method} `) ? route.pattern.exec(request.path) : null;
      if (found === null) continue;
      const fields = [...request.query.keys(), ...Object.keys(request.body)];
      const unknown = fields.filter((field) => !route.fields.includes(field.replace(/\[\]$/, '')));
      if (unknown.length > 0) {
        throw new Refusal(400, { error: `${name} does not take ${unknown.join(', ')}` });
      }
      const values = found.slice(1).map(decodeURIComponent);
      return { answer: await route.answer({ ...request, values }), unknown };
    }
    throw new Refusal(404, { error: '404 Not Found' });
  }

  #table(): Record<string, Route> {
    const of = (path: string, fields: readonly string[], answer: Route['answer']): Route => ({
      pattern: new RegExp(`^${path}$`),
      fields,
      answer,
    });
    return {
      'GET user': of('/user', [], ({ caller }) => ok(this.#objects.user(mustCall(caller).login))),
      'GET users': of('/users', ['username'], ({ query, caller }) => {
        mustCall(caller);
        const login = query.get('username') ?? '';
        return ok(this.state.users.has(login) ? [this.#objects.user(login)] : []);
      }),
      'GET project': of(PROJECT, ['license', 'statistics'], (call) => {
        const { project, access } = this.#reach(call);
        return ok(this.#objects.project(project, access));
      }),
      'GET branch': of(`${PROJECT}/repository/branches/(.+)`, [], async (call) => {
        const { project } = this.#reach(call);
        const name = call.values[1] ?? '';
        const sha = await this.state.branchSha(project, name);
        if (sha === undefined) throw missing('Branch');
        return ok(this.#objects.branch(project, name, sha));
      }),
      'GET statuses': of(`${PROJECT}/repository/commits/([0-9a-f]+)/statuses`, PAGES, (call) => {
        this.#reach(call);
        return ok(
          this.state.checks
            .filter(({ sha }) => sha === call.values[1])
            .map((check) => this.#objects.status(check)),
        );
      }),
      'POST fork': of(`${PROJECT}/fork`, ['namespace_path', 'path', 'name'], async (call) => {
        const { project } = this.#reach(call);
        if (!project.allowForking) throw new Refusal(403, { message: '403 Forbidden' });
        const { login } = mustCall(call.caller);
        const taken = [...this.state.repositories.values()].some(
          ({ owner, name }) => owner === login && name === project.name,
        );
        if (taken)
          throw new Refusal(409, {
            message: { name: ['has already been taken'], path: ['has already been taken'] },
          });
        return {
          status: 201,
          body: this.#objects.project(await this.fork(project, login), 'write'),
        };
      }),
      'GET merge_requests': of(
        `${PROJECT}/merge_requests`,
        ['source_branch', 'target_branch', 'source_project_id', 'state', 'author_id', ...PAGES],
        async (call) => {
          const { project } = this.#reach(call);
          const { query } = call;
          const wanted = query.get('state') ?? 'all';
          const found = this.state
            .findPulls(fullNameOf(project))
            .filter(
              (pull) =>
                (wanted === 'all' || stateOf(pull) === wanted) &&
                is(query.get('source_branch'), pull.head.branch) &&
                is(query.get('target_branch'), pull.base) &&
                is(
                  query.get('source_project_id'),
                  String(this.state.repository(pull.head.repository)?.id),
                ),
            );
          return ok(await Promise.all(found.reverse().map((pull) => this.#objects.request(pull))));
        },
      ),
      'POST merge_request': of(
        `${PROJECT}/merge_requests`,
        [
          'source_branch',
          'target_branch',
          'target_project_id',
          'allow_collaboration',
          ...TEXT_FIELDS,
        ],
        (call) => this.#create(call),
      ),
      'GET merge_request': of(REQUEST, ['include_rebase_in_progress'], async (call) =>
        ok(await this.#objects.request(this.#request(call))),
      ),
      'PUT merge_request': of(
        REQUEST,
        ['state_event', 'add_labels', ...TEXT_FIELDS],
        async (call) => {
          const pull = this.#request(call);
          this.#mustWrite(call, pull);
          this.#write(pull, call.body);
          if (call.body['state_event'] === 'close' && pull.state === 'open') pull.state = 'closed';
          pull.updatedAt = stamp();
          return ok(await this.#objects.request(pull));
        },
      ),
      'GET notes': of(`${REQUEST}/notes`, PAGES, (call) => {
        const pull = this.#request(call);
        return ok(
          [...pull.comments, ...pull.reviewComments].map((note) => this.#objects.note(note)),
        );
      }),
      'POST note': of(`${REQUEST}/notes`, ['body'], (call) => {
        const pull = this.#request(call);
        const { login } = mustCall(call.caller);
        const note = {
          id: this.state.nextId(),
          author: login,
          body: String(call.body['body']),
          createdAt: stamp(),
        };
        pull.comments.push(note);
        return { status: 201, body: this.#objects.note(note) };
      }),
    };
  }

  #reach({ values, caller }: Call): { project: ForgeRepository; access: 'read' | 'write' } {
    const id = values[0] ?? '';
    const project = /^\d+$/.test(id)
      ? [...this.state.repositories.values()].find((each) => each.id === Number(id))
      : this.state.repository(id);
    const access = project === undefined ? null : this.state.accessOf(project, caller ?? undefined);
    if (project === undefined || access === null) throw missing('Project');
    return { project, access };
  }

  #request(call: Call): ForgePull {
    const { project } = this.#reach(call);
    const pull = this.state.pull(fullNameOf(project), Number(call.values[1]));
    if (pull === undefined) throw missing('Not Found');
    return pull;
  }

  #mustWrite(call: Call, pull: ForgePull): void {
    const { access } = this.#reach(call);
    if (access !== 'write' && pull.author !== mustCall(call.caller).login) {
      throw new Refusal(403, { message: '403 Forbidden' });
    }
  }

  async #create(call: Call): Promise<Answer> {
    const { project: source, access } = this.#reach(call);
    const { login } = mustCall(call.caller);
    if (access !== 'write') throw new Refusal(403, { message: '403 Forbidden' });
    const { body } = call;
    const targetId = body['target_project_id'];
    const target =
      targetId === undefined
        ? source
        : [...this.state.repositories.values()].find(({ id }) => id === Number(targetId));
    if (target === undefined || (target !== source && source.parent !== fullNameOf(target))) {
      throw new Refusal(422, { message: ['Source project is not a fork of the target project'] });
    }
    const branch = String(body['source_branch']);
    const base = String(body['target_branch']);
    if (typeof body['title'] !== 'string') throw new Refusal(400, { error: 'title is missing' });
    for (const [repository, name, field] of [
      [source, branch, 'source_branch'],
      [target, base, 'target_branch'],
    ] as const) {
      if ((await this.state.branchSha(repository, name)) === undefined) {
        throw new Refusal(400, { message: { [field]: ['does not exist'] } });
      }
    }
    const head = { repository: fullNameOf(source), owner: source.owner, branch };
    const there = this.state
      .findPulls(fullNameOf(target))
      .find(
        (pull) =>
          pull.state === 'open' &&
          pull.base === base &&
          pull.head.branch === branch &&
          pull.head.repository === head.repository,
      );
    if (there !== undefined) {
      throw new Refusal(409, {
        message: [
          `Another open merge request already exists for this source branch: !${there.number}`,
        ],
      });
    }
    const pull = this.state.addPull({
      repository: fullNameOf(target),
      head,
      base,
      title: '',
      body: '',
      draft: false,
      state: 'open',
      author: login,
      labels: [],
      reviewers: [],
      teams: [],
    });
    this.#write(pull, body);
    return { status: 201, body: await this.#objects.request(pull) };
  }

  #write(pull: ForgePull, body: Record<string, unknown>): void {
    const { title, description, labels, add_labels, reviewer_ids } = body;
    if (typeof description === 'string' && description.length > MAX_DESCRIPTION) {
      throw new Refusal(400, {
        message: { description: ['is too long (maximum is 1048576 characters)'] },
      });
    }
    if (typeof title === 'string') {
      if (title.length > 255)
        throw new Refusal(400, { message: { title: ['is too long (maximum is 255 characters)'] } });
      pull.draft = /^(draft:|\[draft\]|\(draft\))/i.test(title);
      pull.title = title;
    }
    if (typeof description === 'string') pull.body = description;
    if (labels !== undefined) pull.labels = listOf(labels);
    if (add_labels !== undefined)
      pull.labels = [...new Set([...pull.labels, ...listOf(add_labels)])];
    if (Array.isArray(reviewer_ids)) {
      const target = this.state.repository(pull.repository);
      // GitLab leaves out, without a word, whoever has no access.
      pull.reviewers = [...this.state.users]
        .filter(([, id]) => reviewer_ids.map(Number).includes(id))
        .map(([login]) => login)
        .filter((login) => login === target?.owner || target?.collaborators[login] !== undefined);
    }
  }
}

function ok(body: unknown): Answer {
  return { status: 200, body };
}

function is(wanted: string | null, found: string): boolean {
  return wanted === null || wanted === found;
}

function listOf(value: unknown): string[] {
  return Array.isArray(value)
    ? value.map(String)
    : String(value)
        .split(',')
        .filter((label) => label !== '');
}

function missing(what: string): Refusal {
  return new Refusal(404, { message: `404 ${what === 'Not Found' ? what : `${what} Not Found`}` });
}

function mustCall(caller: Caller | null): Caller {
  if (caller === null) throw new Refusal(401, { message: '401 Unauthorized' });
  return caller;
}
