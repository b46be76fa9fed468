/** A repository on a forge, as the credentials at hand see it. */
export interface ForgeProject {
  /** `owner/name`, or the whole path on GitLab. */
  fullName: string;
  defaultBranch: string;
  private: boolean;
  archived: boolean;
  canPush: boolean;
  canFork: boolean;
}

/** A fork that pushes go to when the original takes none. */
export interface ForgeFork {
  fullName: string;
  /** Clone URL. */
  url: string;
}

/** Where the commits of a pull request are. */
export interface PullHead {
  branch: string;
  /** Full name of the fork; absent: the repository itself. */
  fork?: string;
}

/** A pull request, or a merge request. */
export interface PullRequest {
  number: number;
  url: string;
  state: 'open' | 'closed' | 'merged';
  draft: boolean;
  title: string;
  body: string;
  /** Login of who opened it. */
  author: string;
  base: string;
  branch: string;
  /** The commit at its head; absent once the branch is gone. */
  headSha?: string;
}

export interface NewPullRequest {
  head: PullHead;
  base: string;
  title: string;
  body: string;
  draft: boolean;
}

/** A word of a person on a pull request. */
export interface PullComment {
  /** Unique within the pull request, over all kinds of comments. */
  id: string;
  author: string;
  body: string;
  createdAt: string;
  /** Whether the forge says that the author belongs to the project; absent where it does not say. */
  member?: boolean;
  /** On code: where. */
  path?: string;
  line?: number;
}

/** A check of the forge's own CI on the head commit. */
export interface PullCheck {
  name: string;
  /** `skipped`: stopped before it had a verdict, by a person or because something newer came. */
  status: 'running' | 'passed' | 'failed' | 'skipped';
  url?: string;
  /** What the check says about it; text of strangers. */
  details?: string;
}

/** What happened to a pull request since it was opened. */
export interface PullActivity {
  pull: PullRequest;
  comments: PullComment[];
  checks: PullCheck[];
}

/**
 * A forge as far as a change needs it, bound to one repository and one abort signal. Every method
 * throws a {@link ForgeError} that says whether the forge refused, or whether nobody knows.
 */
export interface Forge {
  readonly kind: 'github' | 'gitlab';
  /** Characters a title and a body may have. */
  readonly limits: { title: number; body: number };
  /** What this forge calls it. */
  readonly noun: 'pull request' | 'merge request';
  project(): Promise<ForgeProject>;
  /** Login of the token's user, or of the App. */
  login(): Promise<string>;
  isProtected(branch: string): Promise<boolean>;
  /** The fork of the token's user; made, and waited for, when there is none. */
  fork(): Promise<ForgeFork>;
  /** Pull requests from this head, the newest first, ended ones too. */
  find(head: PullHead, base?: string): Promise<PullRequest[]>;
  get(number: number): Promise<PullRequest>;
  /** One request, never sent twice. */
  create(pull: NewPullRequest): Promise<PullRequest>;
  update(number: number, change: { title?: string; body?: string }): Promise<PullRequest>;
  close(number: number): Promise<void>;
  addLabels(number: number, labels: readonly string[]): Promise<void>;
  /** Asks for reviews; answers who was asked. Who has no access is left out. */
  requestReviewers(
    number: number,
    reviewers: { users: readonly string[]; teams: readonly string[] },
  ): Promise<string[]>;
  comment(number: number, body: string): Promise<void>;
  activity(number: number): Promise<PullActivity>;
}
