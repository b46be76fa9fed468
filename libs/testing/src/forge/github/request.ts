import type { Answer } from '../answer.js';
import {
  fullNameOf,
  type Caller,
  type ForgePull,
  type ForgeRepository,
  type ForgeState,
} from '../state.js';
import { notFound } from './problem.js';

/** One request, its path parameters resolved and its shape checked. */
export interface GitHubRequest {
  operation: string;
  path: Record<string, string>;
  query: URLSearchParams;
  body: Record<string, unknown>;
  /** Null: no Authorization header. */
  caller: Caller | null;
  /** The Authorization header's token, for App routes. */
  token: string;
}

/** Answers requests of one operation. */
export type Route = (request: GitHubRequest) => Answer | Promise<Answer>;

/** The way from a request to what it is about, as far as its caller may go. */
export class Way {
  constructor(private readonly state: ForgeState) {}

  reach({ path, caller }: GitHubRequest): { repository: ForgeRepository; pushable: boolean } {
    const repository = this.state.repository(`${path['owner']}/${path['repo']}`);
    const access =
      repository === undefined ? null : this.state.accessOf(repository, caller ?? undefined);
    // Not even its existence is told.
    if (repository === undefined || access === null) throw notFound();
    return { repository, pushable: access === 'write' };
  }

  mustPush(request: GitHubRequest): { repository: ForgeRepository } {
    const { repository, pushable } = this.reach(request);
    const own = this.pull(request).author === request.caller?.login;
    const byReading = request.operation.startsWith('patch') && own;
    if (!pushable && !byReading) throw notFound();
    return { repository };
  }

  pull(request: GitHubRequest): ForgePull {
    const { repository } = this.reach(request);
    const number = Number(request.path['pull_number'] ?? request.path['issue_number']);
    const pull = this.state.pull(fullNameOf(repository), number);
    if (pull === undefined) throw notFound();
    return pull;
  }

  /** The repository and its forks. */
  network(repository: ForgeRepository): ForgeRepository[] {
    return [...this.state.repositories.values()].filter(
      (each) => each === repository || each.parent === fullNameOf(repository),
    );
  }
}

/** An answer with status 200. */
export function ok(body: unknown): Answer {
  return { status: 200, body };
}
