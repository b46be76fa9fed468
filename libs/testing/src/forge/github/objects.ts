import {
  fullNameOf,
  type ForgeComment,
  type ForgePull,
  type ForgeRepository,
  type ForgeState,
} from '../state.js';

/** Addresses below which the forge answers. */
export interface Origins {
  /** `http://127.0.0.1:port` */
  web: string;
  /** `http://127.0.0.1:port/api/v3` */
  api: string;
}

type Json = Record<string, unknown>;

const SINCE = '2020-01-01T00:00:00Z';

/** Builds GitHub's JSON of the forge's state, with every field its description requires. */
export class GitHubObjects {
  constructor(
    private readonly state: ForgeState,
    private readonly at: Origins,
  ) {}

  /** Who may push belongs to the repository; anybody else only passes by. */
  private association(pull: ForgePull, login: string): 'MEMBER' | 'NONE' {
    const repository = this.state.repository(pull.repository);
    const caller = { login, id: this.state.users.get(login) ?? 1 };
    const access = repository === undefined ? null : this.state.accessOf(repository, caller);
    return access === 'write' ? 'MEMBER' : 'NONE';
  }

  user(login: string): Json {
    const api = `${this.at.api}/users/${login}`;
    return {
      login,
      id: this.state.users.get(login) ?? 1,
      node_id: 'U_1',
      avatar_url: `${this.at.web}/avatars/${login}`,
      gravatar_id: '',
      url: api,
      html_url: `${this.at.web}/${login}`,
      ...links(api, [
        'followers',
        'following',
        'gists',
        'starred',
        'subscriptions',
        'organizations',
        'repos',
        'events',
        'received_events',
      ]),
      type: login.endsWith('[bot]') ? 'Bot' : 'User',
      site_admin: false,
    };
  }

  publicUser(login: string): Json {
    return {
      ...this.user(login),
      name: null,
      company: null,
      blog: null,
      location: null,
      email: null,
      hireable: null,
      bio: null,
      public_repos: 0,
      public_gists: 0,
      followers: 0,
      following: 0,
      created_at: SINCE,
      updated_at: SINCE,
    };
  }

  repository(repository: ForgeRepository, pushable: boolean | null): Json {
    const fullName = fullNameOf(repository);
    const api = `${this.at.api}/repos/${fullName}`;
    const html = `${this.at.web}/${fullName}`;
    return {
      id: repository.id,
      node_id: 'R_1',
      name: repository.name,
      full_name: fullName,
      owner: this.user(repository.owner),
      private: repository.private,
      description: null,
      fork: repository.parent !== undefined,
      url: api,
      html_url: html,
      ...links(api, REPOSITORY_LINKS),
      clone_url: `${html}.git`,
      git_url: `git:${html.slice(5)}.git`,
      ssh_url: `git@127.0.0.1:${fullName}.git`,
      svn_url: html,
      homepage: null,
      mirror_url: null,
      language: null,
      license: null,
      default_branch: repository.defaultBranch,
      ...numbers([
        'forks',
        'forks_count',
        'open_issues',
        'open_issues_count',
        'size',
        'stargazers_count',
        'watchers',
        'watchers_count',
      ]),
      ...flags([
        'has_projects',
        'has_wiki',
        'has_pages',
        'has_downloads',
        'has_discussions',
        'archived',
        'disabled',
      ]),
      has_issues: true,
      allow_forking: repository.allowForking,
      created_at: SINCE,
      updated_at: SINCE,
      pushed_at: SINCE,
      ...(pushable === null
        ? {}
        : {
            permissions: {
              admin: false,
              maintain: false,
              push: pushable,
              triage: pushable,
              pull: true,
            },
          }),
    };
  }

  fullRepository(repository: ForgeRepository, pushable: boolean): Json {
    const parent =
      repository.parent === undefined ? undefined : this.state.repository(repository.parent);
    const above = parent === undefined ? undefined : this.repository(parent, null);
    return {
      ...this.repository(repository, pushable),
      network_count: 0,
      subscribers_count: 0,
      ...(above === undefined ? {} : { parent: above, source: above }),
    };
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

  branch(repository: ForgeRepository, name: string, sha: string): Json {
    const api = `${this.at.api}/repos/${fullNameOf(repository)}`;
    const isProtected = repository.protectedBranches.includes(name);
    return {
      name,
      commit: {
        url: `${api}/commits/${sha}`,
        sha,
        node_id: 'C_1',
        html_url: `${this.at.web}/${fullNameOf(repository)}/commit/${sha}`,
        comments_url: `${api}/commits/${sha}/comments`,
        commit: {
          url: `${api}/git/commits/${sha}`,
          author: null,
          committer: null,
          message: '',
          comment_count: 0,
          tree: { sha, url: `${api}/git/trees/${sha}` },
        },
        author: null,
        committer: null,
        parents: [],
      },
      _links: {
        html: `${this.at.web}/${fullNameOf(repository)}/tree/${name}`,
        self: `${api}/branches/${name}`,
      },
      protected: isProtected,
      protection: { enabled: isProtected },
      protection_url: `${api}/branches/${name}/protection`,
    };
  }

  checkRun(repository: ForgeRepository, check: ForgeState['checks'][number]): Json {
    const api = `${this.at.api}/repos/${fullNameOf(repository)}/check-runs/${check.id}`;
    return {
      id: check.id,
      node_id: 'CR_1',
      external_id: null,
      head_sha: check.sha,
      name: check.name,
      url: api,
      html_url: `${this.at.web}/${fullNameOf(repository)}/runs/${check.id}`,
      details_url: null,
      status: check.status,
      conclusion: check.conclusion,
      started_at: SINCE,
      completed_at: check.status === 'completed' ? SINCE : null,
      output: {
        title: null,
        summary: null,
        text: null,
        annotations_count: 0,
        annotations_url: `${api}/annotations`,
      },
      check_suite: null,
      app: null,
      pull_requests: [],
    };
  }
}

const REPOSITORY_LINKS = [
  'archive',
  'assignees',
  'blobs',
  'branches',
  'collaborators',
  'comments',
  'commits',
  'compare',
  'contents',
  'contributors',
  'deployments',
  'downloads',
  'events',
  'forks',
  'git_commits',
  'git_refs',
  'git_tags',
  'hooks',
  'issue_comment',
  'issue_events',
  'issues',
  'keys',
  'labels',
  'languages',
  'merges',
  'milestones',
  'notifications',
  'pulls',
  'releases',
  'stargazers',
  'statuses',
  'subscribers',
  'subscription',
  'tags',
  'teams',
  'trees',
];

function links(base: string, names: readonly string[]): Json {
  return Object.fromEntries(names.map((name) => [`${name}_url`, `${base}/${name}`]));
}

function numbers(names: readonly string[]): Json {
  return Object.fromEntries(names.map((name) => [name, 0]));
}

function flags(names: readonly string[]): Json {
  return Object.fromEntries(names.map((name) => [name, false]));
}
