import type { Octokit } from '@octokit/rest';
import type { PullCheck, PullComment } from '../forge.port.js';

type Ask = <T>(work: (request: { signal: AbortSignal }) => Promise<T>) => Promise<T>;
type At = { owner: string; repo: string };

const PAGE = 100;
/** Whoever wants us to read more than 5,000 of a kind at each look is no reviewer. */
const MAX_PAGES = 50;
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
    everyPage((page) =>
      ask((request) => rest.issues.listComments({ ...at, ...page, issue_number: number, request })),
    ),
    everyPage((page) =>
      ask((request) =>
        rest.pulls.listReviewComments({ ...at, ...page, pull_number: number, request }),
      ),
    ),
    everyPage((page) =>
      ask((request) => rest.pulls.listReviews({ ...at, ...page, pull_number: number, request })),
    ),
  ]);
  const comments: PullComment[] = [
    ...plain
      .flatMap(({ data }) => data)
      .map(({ id, user, body, created_at, author_association }) => ({
        id: `comment-${id}`,
        author: user?.login ?? '',
        member: MEMBERS.has(author_association),
        body: body ?? '',
        createdAt: created_at,
      })),
    ...onCode
      .flatMap(({ data }) => data)
      .map(({ id, user, body, created_at, path, line, author_association }) => ({
        id: `review-comment-${id}`,
        author: user?.login ?? '',
        member: MEMBERS.has(author_association),
        body,
        createdAt: created_at,
        path,
        ...(line === undefined ? {} : { line }),
      })),
    ...reviews
      .flatMap(({ data }) => data)
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
    everyPage((page) =>
      ask((request) => rest.checks.listForRef({ ...at, ...page, ref: sha, request })),
    ),
    everyPage((page) =>
      ask((request) => rest.repos.getCombinedStatusForRef({ ...at, ...page, ref: sha, request })),
    ),
  ]);
  return [
    ...runs
      .flatMap(({ data }) => data.check_runs)
      .map(({ name, status, conclusion, html_url, output }) => ({
        name,
        status: status === 'completed' ? verdictOf(conclusion) : ('running' as const),
        ...(html_url === null ? {} : { url: html_url }),
        ...detailsOf(output.title, output.summary),
      })),
    ...statuses
      .flatMap(({ data }) => data.statuses)
      .map(({ context, state, target_url, description }) => ({
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

function verdictOf(conclusion: string | null): PullCheck['status'] {
  switch (conclusion) {
    case 'success':
    case 'neutral':
    case 'skipped':
      return 'passed';
    case 'cancelled':
    case 'stale':
      return 'skipped';
    default:
      return 'failed';
  }
}

/** A list's pages, as long as the forge says that there is a next one; each is a request with limits of its own. */
async function everyPage<T extends { headers: { link?: string | undefined } }>(
  load: (page: { page: number; per_page: number }) => Promise<T>,
): Promise<T[]> {
  const pages: T[] = [];
  let more = true;
  while (more && pages.length < MAX_PAGES) {
    const answer = await load({ page: pages.length + 1, per_page: PAGE });
    pages.push(answer);
    more = /rel="next"/.test(answer.headers.link ?? '');
  }
  return pages;
}

function detailsOf(...texts: readonly (string | null)[]): { details?: string } {
  const details = texts.filter((text) => text !== null && text.trim() !== '').join('\n');
  return details === '' ? {} : { details };
}
