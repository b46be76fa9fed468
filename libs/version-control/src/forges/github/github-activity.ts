import type { Octokit } from '@octokit/rest';
import type { PullCheck, PullComment } from '../forge.port.js';

type Ask = <T>(work: (request: { signal: AbortSignal }) => Promise<T>) => Promise<T>;
type At = { owner: string; repo: string };

const PAGE = 100;
/** What GitHub calls those who belong to a repository. */
const MEMBERS: ReadonlySet<string> = new Set(['OWNER', 'MEMBER', 'COLLABORATOR']);

/** What people said: comments, comments on code, and the texts of reviews. */
export async function commentsOf(
  { rest }: Octokit,
  at: At,
  number: number,
  ask: Ask,
): Promise<PullComment[]> {
  const [plain, onCode, reviews] = await Promise.all([
    ask((request) =>
      rest.issues.listComments({ ...at, issue_number: number, per_page: PAGE, request }),
    ),
    ask((request) =>
      rest.pulls.listReviewComments({ ...at, pull_number: number, per_page: PAGE, request }),
    ),
    ask((request) =>
      rest.pulls.listReviews({ ...at, pull_number: number, per_page: PAGE, request }),
    ),
  ]);
  const comments: PullComment[] = [
    ...plain.data.map(({ id, user, body, created_at, author_association }) => ({
      id: `comment-${id}`,
      author: user?.login ?? '',
      member: MEMBERS.has(author_association),
      body: body ?? '',
      createdAt: created_at,
    })),
    ...onCode.data.map(({ id, user, body, created_at, path, line, author_association }) => ({
      id: `review-comment-${id}`,
      author: user?.login ?? '',
      member: MEMBERS.has(author_association),
      body,
      createdAt: created_at,
      path,
      ...(line === undefined ? {} : { line }),
    })),
    ...reviews.data
      .filter(({ body }) => body.trim() !== '')
      .map(({ id, user, body, submitted_at, author_association }) => ({
        id: `review-${id}`,
        author: user?.login ?? '',
        member: MEMBERS.has(author_association),
        body,
        createdAt: submitted_at ?? '',
      })),
  ];
  return comments.sort((a, b) => a.createdAt.localeCompare(b.createdAt));
}

/** Check runs (GitHub Actions and Apps) and commit statuses (older services) of a commit. */
export async function checksOf(
  { rest }: Octokit,
  at: At,
  sha: string,
  ask: Ask,
): Promise<PullCheck[]> {
  const [runs, statuses] = await Promise.all([
    ask((request) => rest.checks.listForRef({ ...at, ref: sha, per_page: PAGE, request })),
    ask((request) =>
      rest.repos.getCombinedStatusForRef({ ...at, ref: sha, per_page: PAGE, request }),
    ),
  ]);
  const good = new Set(['success', 'neutral', 'skipped']);
  return [
    ...runs.data.check_runs.map(({ name, status, conclusion, html_url, output }) => ({
      name,
      status:
        status !== 'completed'
          ? ('running' as const)
          : good.has(conclusion ?? '')
            ? ('passed' as const)
            : ('failed' as const),
      ...(html_url === null ? {} : { url: html_url }),
      ...detailsOf(output.title, output.summary),
    })),
    ...statuses.data.statuses.map(({ context, state, target_url, description }) => ({
      name: context,
      status:
        state === 'pending'
          ? ('running' as const)
          : state === 'success'
            ? ('passed' as const)
            : ('failed' as const),
      ...(target_url === null ? {} : { url: target_url }),
      ...detailsOf(description),
    })),
  ];
}

function detailsOf(...texts: readonly (string | null)[]): { details?: string } {
  const details = texts.filter((text) => text !== null && text.trim() !== '').join('\n');
  return details === '' ? {} : { details };
}
