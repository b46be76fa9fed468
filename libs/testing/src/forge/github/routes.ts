import type { Answer } from '../answer.js';
import type { ForgeState } from '../state.js';
import { appRoutes } from './app-routes.js';
import type { GitHubObjects } from './objects.js';
import { PullRoutes } from './pull-routes.js';
import { repositoryRoutes, type Fork } from './repository-routes.js';
import { Way, type GitHubRequest, type Route } from './request.js';
import { talkRoutes } from './talk-routes.js';

/** GitHub's routes, as far as the product uses them, on the forge's state and real branches. */
export class GitHubRoutes {
  readonly #routes: Record<string, Route>;

  constructor(state: ForgeState, objects: GitHubObjects, fork: Fork) {
    const way = new Way(state);
    this.#routes = {
      ...repositoryRoutes(state, objects, way, fork),
      ...new PullRoutes(state, objects, way).table,
      ...talkRoutes(state, objects, way),
      ...appRoutes(state, objects),
    };
  }

  async answer(request: GitHubRequest): Promise<Answer> {
    const route = this.#routes[request.operation];
    if (route === undefined) throw new Error(`no route for ${request.operation}`);
    return route(request);
  }
}
