import type {
  Branches,
  Commits,
  MergeRequestNotes,
  MergeRequests,
  Projects,
  Users,
} from '@gitbeaker/rest';
import { gitlabRequestHandler } from './gitlab-requester.js';

/** How to reach a GitLab, and as whom. */
export interface GitLabAccess {
  /** Such as https://gitlab.com; a self-managed one may lie below a path. */
  url: string;
  token: string;
}

/** The parts of GitLab's API that the product uses. */
export interface GitLabClient {
  projects: Projects<false>;
  branches: Branches<false>;
  mergeRequests: MergeRequests<false>;
  notes: MergeRequestNotes<false>;
  commits: Commits<false>;
  users: Users<false>;
}

/** Resources of @gitbeaker/rest on our own request handler. Loaded when a repository is on GitLab, not before. */
export async function createGitLabClient(
  access: GitLabAccess,
  signal: AbortSignal,
): Promise<GitLabClient> {
  const [rest, { createRequesterFn }] = await Promise.all([
    import('@gitbeaker/rest'),
    import('@gitbeaker/requester-utils'),
  ]);
  const requesterFn = createRequesterFn(
    (_, request) => Promise.resolve(request),
    gitlabRequestHandler(signal),
  );
  const options = { host: access.url.replace(/\/+$/, ''), token: access.token, requesterFn };
  return {
    projects: new rest.Projects(options),
    branches: new rest.Branches(options),
    mergeRequests: new rest.MergeRequests(options),
    notes: new rest.MergeRequestNotes(options),
    commits: new rest.Commits(options),
    users: new rest.Users(options),
  };
}
