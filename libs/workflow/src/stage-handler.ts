import type { LogLevel, NewUpdate, Stage } from '@hil/contracts';
import type { StageEvent } from './run-events.js';
import type { Artifact, NewArtifact } from './run-storage.port.js';
import type { Run, RunContext } from './run.js';

/** What a stage hands back: the event that leads on, and the files to keep with it. */
export interface StageResult {
  event: StageEvent;
  artifacts?: NewArtifact[];
}

/** What a stage sees of the run and may say about it. Everything is fenced: after the lease is lost it throws. */
export interface StageContext {
  /** The run as it was when the stage began. */
  readonly run: Run;
  /** Aborts on cancel, lost lease, time-out and shutdown. Pass it to everything that can take long. */
  readonly signal: AbortSignal;
  /** Adds a line to the log; lines are gathered and sent in batches. */
  log(message: string, level?: LogLevel, source?: string): void;
  /** Sends an update with the next batch, in order; for what comes in quantities, such as test results. */
  stream(update: NewUpdate): void;
  /** Resolves when the log keeps up. Whoever passes on the output of a process waits for it, and so holds that process back. */
  room(): Promise<void>;
  /** Sends an update at once, after the lines that came before it. */
  emit(update: NewUpdate): Promise<void>;
  /**
   * Saves progress inside the stage, so that another attempt goes on from here.
   * The updates become visible in the same commit.
   */
  checkpoint(progress: {
    context: Partial<RunContext>;
    artifacts?: NewArtifact[];
    updates?: NewUpdate[];
  }): Promise<void>;
  artifact(kind: NewArtifact['kind']): Promise<Artifact | null>;
  /** Everything the person has said during the run so far, also since the stage began. */
  steering(): Promise<string[]>;
}

/** Works one stage. A new attempt may begin at any time, so it starts from the run's context alone. */
export interface StageHandler {
  readonly stage: Stage;
  run(context: StageContext): Promise<StageResult>;
}
