import { fullNameOf, type ForgeRepository, type ForgeState } from '../state.js';
import { flags, links, numbers, SINCE, type Json, type Origins } from './json.js';

/** GitHub's JSON of people and repositories, with every field its description requires. */
export class RepositoryObjects {
  constructor(
    protected readonly state: ForgeState,
    protected readonly at: Origins,
  ) {}

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
        summary: check.summary ?? null,
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
