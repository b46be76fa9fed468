import {
  fullNameOf,
  type ForgeCheck,
  type ForgeComment,
  type ForgePull,
  type ForgeRepository,
  type ForgeState,
} from '../state.js';

type Json = Record<string, unknown>;

/** Its word for the state of a merge request. */
export function stateOf({ state }: ForgePull): 'opened' | 'closed' | 'merged' {
  return state === 'open' ? 'opened' : state;
}

/** Builds GitLab's JSON of the forge's state. */
export class GitLabObjects {
  constructor(
    private readonly state: ForgeState,
    private readonly web: string,
  ) {}

  user(login: string): Json {
    return {
      id: this.state.users.get(login) ?? 1,
      username: login,
      name: login,
      state: 'active',
      web_url: `${this.web}/${login}`,
      avatar_url: null,
    };
  }

  project(project: ForgeRepository, access: 'read' | 'write'): Json {
    const path = fullNameOf(project);
    const parent = project.parent === undefined ? undefined : this.state.repository(project.parent);
    return {
      id: project.id,
      name: project.name,
      path: project.name,
      path_with_namespace: path,
      namespace: {
        id: this.state.users.get(project.owner) ?? 1,
        path: project.owner,
        full_path: project.owner,
        kind: 'user',
      },
      default_branch: project.defaultBranch,
      visibility: project.private ? 'private' : 'public',
      archived: false,
      web_url: `${this.web}/${path}`,
      http_url_to_repo: `${this.web}/${path}.git`,
      ssh_url_to_repo: `git@127.0.0.1:${path}.git`,
      forking_access_level: project.allowForking ? 'enabled' : 'disabled',
      import_status: 'finished',
      permissions: {
        project_access: { access_level: access === 'write' ? 30 : 20, notification_level: 3 },
        group_access: null,
      },
      ...(parent === undefined
        ? {}
        : { forked_from_project: { id: parent.id, path_with_namespace: fullNameOf(parent) } }),
    };
  }

  async request(pull: ForgePull): Promise<Json> {
    const target = this.state.repository(pull.repository);
    const source = this.state.repository(pull.head.repository);
    const sha =
      source === undefined ? undefined : await this.state.branchSha(source, pull.head.branch);
    return {
      id: pull.id,
      iid: pull.number,
      project_id: target?.id,
      title: pull.title,
      description: pull.body,
      state: stateOf(pull),
      draft: pull.draft,
      work_in_progress: pull.draft,
      source_branch: pull.head.branch,
      target_branch: pull.base,
      source_project_id: source?.id,
      target_project_id: target?.id,
      author: this.user(pull.author),
      reviewers: pull.reviewers.map((login) => this.user(login)),
      labels: pull.labels,
      sha: sha ?? null,
      merge_status: 'can_be_merged',
      detailed_merge_status: 'mergeable',
      web_url: `${this.web}/${pull.repository}/-/merge_requests/${pull.number}`,
      created_at: pull.createdAt,
      updated_at: pull.updatedAt,
      merged_at: pull.state === 'merged' ? pull.updatedAt : null,
      closed_at: pull.state === 'closed' ? pull.updatedAt : null,
    };
  }

  note(note: ForgeComment): Json {
    const onCode = note.path !== undefined;
    return {
      id: note.id,
      type: onCode ? 'DiffNote' : null,
      body: note.body,
      author: this.user(note.author),
      created_at: note.createdAt,
      updated_at: note.createdAt,
      system: false,
      resolvable: onCode,
      ...(onCode ? { position: { new_path: note.path, new_line: note.line ?? null } } : {}),
    };
  }

  branch(project: ForgeRepository, name: string, sha: string): Json {
    return {
      name,
      commit: { id: sha, short_id: sha.slice(0, 8) },
      merged: false,
      protected: project.protectedBranches.includes(name),
      default: name === project.defaultBranch,
      can_push: !project.protectedBranches.includes(name),
      web_url: `${this.web}/${fullNameOf(project)}/-/tree/${name}`,
    };
  }

  status(check: ForgeCheck): Json {
    const { conclusion } = check;
    const finished =
      conclusion === 'success' ? 'success' : conclusion === 'cancelled' ? 'canceled' : 'failed';
    return {
      id: check.id,
      sha: check.sha,
      name: check.name,
      status: check.status === 'completed' ? finished : 'running',
      target_url: null,
      description: check.summary ?? null,
    };
  }
}
