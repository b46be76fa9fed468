import { stamp, type ForgeState } from '../state.js';
import type { GitHubObjects } from './objects.js';
import { unauthorized } from './problem.js';
import { ok, type Route, type Way } from './request.js';

/** Routes of what is said about a pull request: comments, reviews and checks. */
export function talkRoutes(
  state: ForgeState,
  objects: GitHubObjects,
  way: Way,
): Record<string, Route> {
  return {
    'get /repos/{owner}/{repo}/pulls/{pull_number}/comments': (request) => {
      const pull = way.pull(request);
      return ok(pull.reviewComments.map((comment) => objects.reviewComment(pull, comment)));
    },
    'get /repos/{owner}/{repo}/pulls/{pull_number}/reviews': (request) => {
      const pull = way.pull(request);
      return ok(pull.reviews.map((review) => objects.review(pull, review)));
    },
    'get /repos/{owner}/{repo}/issues/{issue_number}/comments': (request) => {
      const pull = way.pull(request);
      return ok(pull.comments.map((comment) => objects.comment(pull, comment)));
    },
    'post /repos/{owner}/{repo}/issues/{issue_number}/comments': (request) => {
      const pull = way.pull(request);
      const comment = {
        id: state.nextId(),
        author: request.caller?.login ?? '',
        body: String(request.body['body']),
        createdAt: stamp(),
      };
      if (request.caller === null) throw unauthorized();
      pull.comments.push(comment);
      return { status: 201, body: objects.comment(pull, comment) };
    },
    'get /repos/{owner}/{repo}/commits/{ref}/check-runs': (request) => {
      const { repository } = way.reach(request);
      const runs = state.checks.filter(({ sha }) => sha === request.path['ref']);
      const check_runs = runs.map((check) => objects.checkRun(repository, check));
      return ok({ total_count: runs.length, check_runs });
    },
    'get /repos/{owner}/{repo}/commits/{ref}/status': (request) => {
      const { repository } = way.reach(request);
      const sha = request.path['ref'] ?? '';
      const { url } = objects.repository(repository, null);
      return ok({
        state: 'pending',
        statuses: [],
        sha,
        total_count: 0,
        repository: objects.repository(repository, null),
        commit_url: `${String(url)}/commits/${sha}`,
        url: `${String(url)}/commits/${sha}/status`,
      });
    },
  };
}
