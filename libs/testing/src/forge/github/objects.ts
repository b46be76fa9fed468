import type { ForgeComment, ForgePull, ForgeRepository } from '../state.js';
import { numbers, type Json } from './json.js';
import { RepositoryObjects } from './repository-objects.js';

/** The same of pull requests and of what is said on them. */
export class GitHubObjects extends RepositoryObjects {
  /** Who may push belongs to the repository; anybody else only passes by. */
  private association(pull: ForgePull, login: string): 'MEMBER' | 'NONE' {
    const repository = this.state.repository(pull.repository);
    const caller = { login, id: this.state.users.get(login) ?? 1 };
    const access = repository === undefined ? null : this.state.accessOf(repository, caller);
    return access === 'write' ? 'MEMBER' : 'NONE';
  }

  async pull(pull: ForgePull, whole: boolean): Promise<Json> {
    const base = this.state.repository(pull.repository);
    const head = this.state.repository(pull.head.repository);
    if (base === undefined || head === undefined) throw new Error('a pull request of nothing');
    const api = `${this.at.api}/repos/${pull.repository}`;
    const url = `${api}/pulls/${pull.number}`;
    const issue = `${api}/issues/${pull.number}`;
    const html = `${this.at.web}/${pull.repository}/pull/${pull.number}`;
    const [headSha, baseSha] = await Promise.all([
      this.state.branchSha(head, pull.head.branch),
      this.state.branchSha(base, pull.base),
    ]);
    const side = (repository: ForgeRepository, ref: string, sha: string | undefined): Json => ({
      label: `${repository.owner}:${ref}`,
      ref,
      sha: sha ?? '0'.repeat(40),
      user: this.user(repository.owner),
      repo: this.repository(repository, null),
    });
    const ended = pull.state === 'open' ? null : pull.updatedAt;
    const merged = pull.state === 'merged';
    return {
      id: pull.id,
      node_id: 'PR_1',
      number: pull.number,
      url,
      html_url: html,
      diff_url: `${html}.diff`,
      patch_url: `${html}.patch`,
      issue_url: issue,
      commits_url: `${url}/commits`,
      review_comments_url: `${url}/comments`,
      review_comment_url: `${api}/pulls/comments{/number}`,
      comments_url: `${issue}/comments`,
      statuses_url: `${api}/statuses/${headSha ?? ''}`,
      state: pull.state === 'open' ? 'open' : 'closed',
      locked: false,
      title: pull.title,
      body: pull.body === '' ? null : pull.body,
      user: this.user(pull.author),
      created_at: pull.createdAt,
      updated_at: pull.updatedAt,
      closed_at: ended,
      merged_at: merged ? ended : null,
      merge_commit_sha: null,
      assignee: null,
      assignees: [],
      requested_reviewers: pull.reviewers.map((login) => this.user(login)),
      requested_teams: [],
      labels: pull.labels.map((name) => this.label(pull.repository, name)),
      milestone: null,
      draft: pull.draft,
      head: side(head, pull.head.branch, headSha),
      base: side(base, pull.base, baseSha),
      _links: Object.fromEntries(
        [
          'self',
          'html',
          'issue',
          'comments',
          'review_comments',
          'review_comment',
          'commits',
          'statuses',
        ].map((name) => [name, { href: name === 'html' ? html : url }]),
      ),
      author_association: 'CONTRIBUTOR',
      auto_merge: null,
      ...(whole
        ? {
            merged,
            mergeable: null,
            mergeable_state: 'unknown',
            merged_by: null,
            comments: pull.comments.length,
            review_comments: pull.reviewComments.length,
            maintainer_can_modify: true,
            ...numbers(['additions', 'changed_files', 'commits', 'deletions']),
          }
        : {}),
    };
  }

  label(fullName: string, name: string): Json {
    return {
      id: 1,
      node_id: 'LA_1',
      url: `${this.at.api}/repos/${fullName}/labels/${encodeURIComponent(name)}`,
      name,
      description: '',
      color: 'ededed',
      default: false,
    };
  }

  comment(pull: ForgePull, comment: ForgeComment): Json {
    const issue = `${this.at.api}/repos/${pull.repository}/issues/${pull.number}`;
    return {
      id: comment.id,
      node_id: 'IC_1',
      url: `${issue}/comments/${comment.id}`,
      html_url: `${this.at.web}/${pull.repository}/pull/${pull.number}#issuecomment-${comment.id}`,
      issue_url: issue,
      user: this.user(comment.author),
      body: comment.body,
      created_at: comment.createdAt,
      updated_at: comment.createdAt,
      author_association: this.association(pull, comment.author),
    };
  }

  reviewComment(pull: ForgePull, comment: ForgeComment): Json {
    const url = `${this.at.api}/repos/${pull.repository}/pulls/${pull.number}`;
    const html = `${this.at.web}/${pull.repository}/pull/${pull.number}#discussion_r${comment.id}`;
    return {
      id: comment.id,
      node_id: 'PRRC_1',
      url: `${url}/comments/${comment.id}`,
      pull_request_review_id: null,
      diff_hunk: '@@',
      path: comment.path ?? '',
      ...(comment.line === undefined ? {} : { line: comment.line }),
      commit_id: '0'.repeat(40),
      original_commit_id: '0'.repeat(40),
      user: this.user(comment.author),
      body: comment.body,
      created_at: comment.createdAt,
      updated_at: comment.createdAt,
      html_url: html,
      pull_request_url: url,
      author_association: this.association(pull, comment.author),
      _links: { self: { href: url }, html: { href: html }, pull_request: { href: url } },
    };
  }

  review(pull: ForgePull, review: ForgePull['reviews'][number]): Json {
    const url = `${this.at.api}/repos/${pull.repository}/pulls/${pull.number}`;
    const html = `${this.at.web}/${pull.repository}/pull/${pull.number}#pullrequestreview-${review.id}`;
    return {
      id: review.id,
      node_id: 'PRR_1',
      user: this.user(review.author),
      body: review.body,
      state: review.state,
      commit_id: null,
      submitted_at: review.createdAt,
      html_url: html,
      pull_request_url: url,
      author_association: this.association(pull, review.author),
      _links: { html: { href: html }, pull_request: { href: url } },
    };
  }
}
