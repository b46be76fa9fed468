import { Refusal, type Answer } from '../answer.js';
import type { ForgeRepository, ForgeState } from '../state.js';
import { MergeRequestRoutes } from './merge-request-routes.js';
import { GitLabObjects } from './objects.js';
import {
  missing,
  mustCall,
  ok,
  PAGES,
  PROJECT,
  route,
  Way,
  type GitLabRequest,
  type Route,
} from './request.js';

/** GitLab's routes, as far as the product uses them (REST v4), on the forge's state and real branches. */
export class GitLabRoutes {
  private readonly objects: GitLabObjects;
  private readonly way: Way;
  readonly #routes: Record<string, Route>;

  constructor(
    private readonly state: ForgeState,
    web: string,
    private readonly fork: (parent: ForgeRepository, owner: string) => Promise<ForgeRepository>,
  ) {
    this.objects = new GitLabObjects(state, web);
    this.way = new Way(state);
    this.#routes = {
      ...this.projects(),
      ...new MergeRequestRoutes(state, this.objects, this.way).table,
    };
  }

  /** Answers, and tells a field no route knows by `unknown`. */
  async answer(request: GitLabRequest): Promise<{ answer: Answer; unknown: string[] }> {
    for (const [name, known] of Object.entries(this.#routes)) {
      const found = name.startsWith(`${request.method} `) ? known.pattern.exec(request.path) : null;
      if (found === null) continue;
      const fields = [...request.query.keys(), ...Object.keys(request.body)];
      const unknown = fields.filter((field) => !known.fields.includes(field.replace(/\[\]$/, '')));
      if (unknown.length > 0) {
        throw new Refusal(400, { error: `${name} does not take ${unknown.join(', ')}` });
      }
      const values = found.slice(1).map(decodeURIComponent);
      return { answer: await known.answer({ ...request, values }), unknown };
    }
    throw new Refusal(404, { error: '404 Not Found' });
  }

  /** Routes of people, projects, their branches and checks. */
  private projects(): Record<string, Route> {
    return {
      'GET user': route('/user', [], ({ caller }) => ok(this.objects.user(mustCall(caller).login))),
      'GET users': route('/users', ['username'], ({ query, caller }) => {
        mustCall(caller);
        const login = query.get('username') ?? '';
        return ok(this.state.users.has(login) ? [this.objects.user(login)] : []);
      }),
      'GET project': route(PROJECT, ['license', 'statistics'], (call) => {
        const { project, access } = this.way.reach(call);
        return ok(this.objects.project(project, access));
      }),
      'GET branch': route(`${PROJECT}/repository/branches/(.+)`, [], async (call) => {
        const { project } = this.way.reach(call);
        const name = call.values[1] ?? '';
        const sha = await this.state.branchSha(project, name);
        if (sha === undefined) throw missing('Branch');
        return ok(this.objects.branch(project, name, sha));
      }),
      'GET statuses': route(`${PROJECT}/repository/commits/([0-9a-f]+)/statuses`, PAGES, (call) => {
        this.way.reach(call);
        return ok(
          this.state.checks
            .filter(({ sha }) => sha === call.values[1])
            .map((check) => this.objects.status(check)),
        );
      }),
      'POST fork': route(`${PROJECT}/fork`, ['namespace_path', 'path', 'name'], async (call) => {
        const { project } = this.way.reach(call);
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
          body: this.objects.project(await this.fork(project, login), 'write'),
        };
      }),
    };
  }
}
