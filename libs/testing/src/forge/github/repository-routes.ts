import { type ForgeRepository, type ForgeState } from '../state.js';
import type { GitHubObjects } from './objects.js';
import { forbidden, notFound, unauthorized } from './problem.js';
import { ok, type Route, type Way } from './request.js';

/** Forks a repository for a user; answers the fork. */
export type Fork = (parent: ForgeRepository, owner: string) => Promise<ForgeRepository>;

/** Routes of people and repositories. */
export function repositoryRoutes(
  state: ForgeState,
  objects: GitHubObjects,
  way: Way,
  makeFork: Fork,
): Record<string, Route> {
  return {
    'get /user': ({ caller }) => {
      if (caller === null) throw unauthorized();
      if (caller.installation !== undefined)
        throw forbidden('Resource not accessible by integration');
      return ok(objects.publicUser(caller.login));
    },
    'get /users/{username}': ({ path }) => {
      if (!state.users.has(path['username'] ?? '')) throw notFound();
      return ok(objects.publicUser(path['username'] ?? ''));
    },
    'get /repos/{owner}/{repo}': (request) => {
      const { repository, pushable } = way.reach(request);
      return ok(objects.fullRepository(repository, pushable));
    },
    'get /repos/{owner}/{repo}/branches/{branch}': async (request) => {
      const { repository } = way.reach(request);
      const name = request.path['branch'] ?? '';
      const sha = await state.branchSha(repository, name);
      if (sha === undefined) throw notFound('Branch not found');
      return ok(objects.branch(repository, name, sha));
    },
    'post /repos/{owner}/{repo}/forks': async (request) => {
      const { repository } = way.reach(request);
      if (request.caller === null) throw unauthorized();
      if (request.caller.installation !== undefined)
        throw forbidden('Resource not accessible by integration');
      if (!repository.allowForking) throw forbidden('Forking is disabled for this repository');
      const fork = await makeFork(repository, request.caller.login);
      return { status: 202, body: objects.fullRepository(fork, true) };
    },
  };
}
