/** Something that is about to be done to the outside world for a run. */
export interface IntendedEffect {
  runId: string;
  /** Address of the repository, without credentials. */
  repository: string;
  baseBranch: string;
  branch: string;
  kind: 'push' | 'pull_request';
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
 * Remembers effects, so that each happens once whatever dies in between: recorded before it is tried,
 * and read again by every later attempt. Implemented by libs/persistence.
 */
export interface EffectLedger {
  /** Records the intent; answers what is known when an earlier attempt was here. */
  begin(effect: IntendedEffect): Promise<RecordedEffect>;
  finish(key: string, status: 'done' | 'refused', result: Record<string, unknown>): Promise<void>;
}
