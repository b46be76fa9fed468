import { setTimeout as sleep } from 'node:timers/promises';
import { ForgeError } from '../forge.error.js';
import type {
  Forge,
  ForgeFork,
  ForgeProject,
  NewPullRequest,
  PullActivity,
  PullCheck,
  PullHead,
  PullRequest,
} from '../forge.port.js';
import type { GitLabClient } from './gitlab-client.js';

/** Whoever wants us to read more than 5,000 of a kind at each look is no reviewer. */
const EVERY_PAGE = { perPage: 100, maxPages: 50 };
/** The same; that this list has pages is missing in its types. */
const STATUSES: { all?: boolean } = EVERY_PAGE as object;
/** GitLab's access level from which on a person may push. */
const DEVELOPER = 30;
/** A fork is imported in the background; looked for this often, in ms. */
const FORK_LOOKS_MS = [0, 500, 1_000, 2_000, 4_000, 8_000, 16_000];

/** GitLab, hosted or self-managed, by its REST API v4. */
export class GitLabForge implements Forge {
  readonly kind = 'gitlab';
  readonly noun = 'merge request';
  readonly limits = { title: 255, body: 1_048_576 };

  constructor(
    private readonly client: GitLabClient,
    /** Path of the project, groups included. */
    private readonly path: string,
    private readonly signal: AbortSignal,
  ) {}

  async project(): Promise<ForgeProject> {
    const project = await this.client.projects.show(this.path);
    const { project_access, group_access } = project.permissions ?? {};
    const level = Math.max(project_access?.access_level ?? 0, group_access?.access_level ?? 0);
    return {
      fullName: project.path_with_namespace,
      defaultBranch: project.default_branch,
      private: project.visibility !== 'public',
      archived: project.archived === true,
      canPush: level >= DEVELOPER,
      canFork: project['forking_access_level'] !== 'disabled',
    };
  }

  async login(): Promise<string> {
    return (await this.client.users.showCurrentUser()).username;
  }

  async isProtected(branch: string): Promise<boolean> {
    try {
      return (await this.client.branches.show(this.path, branch)).protected;
    } catch (error) {
      if (error instanceof ForgeError && error.failure === 'not_found') return false;
      throw error;
    }
  }

  async fork(): Promise<ForgeFork> {
    const name = this.path.split('/').at(-1) ?? '';
    const own = `${await this.login()}/${name}`;
    try {
      await this.client.projects.fork(this.path);
    } catch (error) {
      // It has been forked before.
      if (!(error instanceof ForgeError) || error.failure !== 'conflict') throw error;
    }
    for (const pause of FORK_LOOKS_MS) {
      await sleep(pause, undefined, { signal: this.signal });
      const project = await this.client.projects.show(own);
      const parent = (
        project['forked_from_project'] as { path_with_namespace?: string } | undefined
      )?.path_with_namespace;
      if (parent?.toLowerCase() !== this.path.toLowerCase()) {
        throw new ForgeError('refused', `${own} exists and is not a fork of ${this.path}.`);
      }
      const ready = project['import_status'] === 'finished' || project['import_status'] === 'none';
      if (ready) return { fullName: project.path_with_namespace, url: project.http_url_to_repo };
    }
    throw new ForgeError('uncertain', `The fork ${own} is not ready yet.`);
  }

  async find(head: PullHead, base?: string): Promise<PullRequest[]> {
    const source = head.fork === undefined ? undefined : await this.#idOf(head.fork);
    const found = await this.client.mergeRequests.all({
      projectId: this.path,
      sourceBranch: head.branch,
      orderBy: 'created_at',
      sort: 'desc',
      perPage: 100,
      maxPages: 1,
      ...(base === undefined ? {} : { targetBranch: base }),
    });
    const own = source ?? (await this.#idOf(this.path));
    // Somebody's fork may have a branch of the same name.
    return (found as unknown as GitLabRequest[])
      .filter(({ source_project_id }) => source_project_id === own)
      .map(pullOf);
  }

  async get(number: number): Promise<PullRequest> {
    return pullOf(
      (await this.client.mergeRequests.show(this.path, number)) as unknown as GitLabRequest,
    );
  }

  async create({ head, base, title, body, draft }: NewPullRequest): Promise<PullRequest> {
    const target = head.fork === undefined ? undefined : await this.#idOf(this.path);
    const created = await this.client.mergeRequests.create(
      head.fork ?? this.path,
      head.branch,
      base,
      draft ? `Draft: ${title}` : title,
      {
        description: body,
        removeSourceBranch: true,
        ...(target === undefined ? {} : { targetProjectId: target, allowCollaboration: true }),
      },
    );
    return pullOf(created as unknown as GitLabRequest);
  }

  async update(number: number, change: { title?: string; body?: string }): Promise<PullRequest> {
    // The title carries the draft state: a new one must not publish a draft, or hide what was published.
    const { draft } = await this.get(number);
    const edited = await this.client.mergeRequests.edit(this.path, number, {
      ...(change.title === undefined
        ? {}
        : { title: draft ? `Draft: ${change.title}` : change.title }),
      ...(change.body === undefined ? {} : { description: change.body }),
    });
    return pullOf(edited as unknown as GitLabRequest);
  }

  async close(number: number): Promise<void> {
    await this.client.mergeRequests.edit(this.path, number, { stateEvent: 'close' });
  }

  async addLabels(number: number, labels: readonly string[]): Promise<void> {
    if (labels.length === 0) return;
    await this.client.mergeRequests.edit(this.path, number, { addLabels: labels.join(',') });
  }

  async requestReviewers(
    number: number,
    { users }: { users: readonly string[]; teams: readonly string[] },
  ): Promise<string[]> {
    const ids: number[] = [];
    for (const username of users) {
      const [user] = await this.client.users.all({ username });
      if (user !== undefined) ids.push(user.id);
    }
    if (ids.length === 0) return [];
    const edited = await this.client.mergeRequests.edit(this.path, number, { reviewerIds: ids });
    return (edited.reviewers ?? []).map(({ username }) => username);
  }

  async comment(number: number, body: string): Promise<void> {
    await this.client.notes.create(this.path, number, body);
  }

  async activity(number: number): Promise<PullActivity> {
    const pull = await this.get(number);
    const notes = (await this.client.notes.all(this.path, number, {
      ...EVERY_PAGE,
      orderBy: 'created_at',
      sort: 'asc',
    })) as unknown as GitLabNote[];
    const statuses =
      pull.headSha === undefined
        ? []
        : await this.client.commits.allStatuses(this.path, pull.headSha, STATUSES);
    return {
      pull,
      comments: notes
        .filter(({ system }) => !system)
        .map(({ id, author, body, created_at, position }) => ({
          id: `note-${id}`,
          author: author.username,
          body,
          createdAt: created_at,
          ...(position?.new_path === undefined ? {} : { path: position.new_path }),
          ...(typeof position?.new_line === 'number' ? { line: position.new_line } : {}),
        })),
      checks: statuses.map(({ name, status, target_url, description }) => ({
        name,
        status: CHECK[status] ?? 'running',
        ...(typeof target_url === 'string' ? { url: target_url } : {}),
        ...(typeof description === 'string' && description !== '' ? { details: description } : {}),
      })),
    };
  }

  async #idOf(path: string): Promise<number> {
    return (await this.client.projects.show(path)).id;
  }
}

const CHECK: Readonly<Record<string, PullCheck['status']>> = {
  success: 'passed',
  skipped: 'passed',
  failed: 'failed',
  canceled: 'skipped',
};

interface GitLabRequest {
  iid: number;
  web_url: string;
  state: string;
  draft: boolean;
  title: string;
  description: string | null;
  author: { username: string };
  source_branch: string;
  target_branch: string;
  source_project_id: number;
  sha: string | null;
}

interface GitLabNote {
  id: number;
  body: string;
  author: { username: string };
  created_at: string;
  system: boolean;
  position?: { new_path?: string; new_line?: number | null };
}

function pullOf(request: GitLabRequest): PullRequest {
  const { state, sha } = request;
  return {
    number: request.iid,
    url: request.web_url,
    state: state === 'merged' ? 'merged' : state === 'opened' ? 'open' : 'closed',
    draft: request.draft,
    title: request.title.replace(/^Draft:\s*/i, ''),
    body: request.description ?? '',
    author: request.author.username,
    base: request.target_branch,
    branch: request.source_branch,
    ...(sha === null ? {} : { headSha: sha }),
  };
}
