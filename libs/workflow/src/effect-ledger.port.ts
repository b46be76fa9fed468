/** The request behind a change, as far as it is needed to find its pull request again. */
export interface WantedChangeRequest {
  runId: string;
  sessionId: string;
  /** The change request a follow-up run goes on with. */
  id?: string | undefined;
  /** SHA-256 of who asked for what where. */
  requestKey: string;
  /** Address of the repository, without credentials. */
  repository: string;
  baseBranch: string;
  /** The branch a new change request gets. */
  branch: string;
}

/** Owns branch and pull request over all runs and revisions of one request. */
export interface ChangeRequest {
  id: string;
  /** The first run of the request. */
  runId: string;
  /** The newest run of the request, and its session. */
  lastRunId: string;
  sessionId: string;
  repository: string;
  /** The fork that has the branch, when the repository takes no pushes. */
  forkUrl: string | null;
  baseBranch: string;
  branch: string;
  /** The commit that was pushed last. */
  headSha: string | null;
  prNumber: number | null;
  prUrl: string | null;
  state: 'open' | 'merged' | 'closed';
}

/** What may change about a change request. */
export type ChangeRequestUpdate = Partial<
  Pick<ChangeRequest, 'forkUrl' | 'headSha' | 'prNumber' | 'prUrl' | 'state'>
>;

/** Something that is about to be done to the outside world for a change request. */
export interface IntendedEffect {
  changeRequestId: string;
  kind: 'push' | 'pull_request' | 'comment';
  headSha: string;
}

/** An effect as the row has it. */
export interface RecordedEffect {
  /** Unique: change request, kind and head commit. */
  key: string;
  status: 'intended' | 'done' | 'refused';
  result: Record<string, unknown> | null;
}

/**
 * Remembers change requests and effects, so that each effect happens once whatever dies in between:
 * recorded before it is tried, and read again by every later attempt. Implemented by libs/persistence.
 */
export interface EffectLedger {
  /**
   * The change request a run works for: the named one, else the run's own, else an open one of the same
   * request that has a pull request, else a new one. The run becomes its newest. Once a run went on with a
   * named one, the first request finds it no more: its branch holds work that a resent request must not replace.
   */
  changeRequest(wanted: WantedChangeRequest): Promise<ChangeRequest>;
  update(changeRequestId: string, change: ChangeRequestUpdate): Promise<void>;
  /** Records the intent; answers what is known when an earlier attempt was here. */
  begin(effect: IntendedEffect): Promise<RecordedEffect>;
  /** Which push of the change request this head commit is, from 1; the next one while it was never pushed. */
  revision(changeRequestId: string, headSha: string): Promise<number>;
  finish(key: string, status: 'done' | 'refused', result: Record<string, unknown>): Promise<void>;
  /** The open change request with a pull request whose branch this is, at the repository or at its fork. */
  ofBranch(repository: string, branch: string): Promise<ChangeRequest | null>;
  /**
   * Takes up to `limit` open pull requests that nobody has looked at for so long, and those that were asked
   * for. Each is given to one caller. 0 seconds: only those asked for.
   */
  due(everySeconds: number, limit: number): Promise<ChangeRequest[]>;
  /** Asks for a look at the open pull requests of a repository, by its page; answers how many there are. */
  askForLook(repositoryPage: string): Promise<number>;
}
