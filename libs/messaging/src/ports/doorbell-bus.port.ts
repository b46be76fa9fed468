/** `seq` 0 means "something may have been missed": read from your cursor. */
export type DoorbellListener = (bell: { seq: number }) => void;
/** Called with the id of a run somebody cancelled. */
export type CancelListener = (runId: string) => void;
export type Unsubscribe = () => Promise<void>;

/**
 * Tells other processes that a log grew or a run was cancelled. A notification may be lost,
 * doubled or late: listeners read the truth from the database after their own cursor. After a
 * lost connection comes back, every session listener is rung once with `seq` 0.
 */
export interface DoorbellBus {
  /** Rings everyone who follows the session. Never rejects for a lost connection: it is logged. */
  ring(sessionId: string, seq: number): Promise<void>;
  /** Resolves once the subscription is in force, so nothing rung later is missed. */
  subscribe(sessionId: string, listener: DoorbellListener): Promise<Unsubscribe>;
  /** Reaches every process that called {@link onCancel}, this one included. */
  requestCancel(runId: string): Promise<void>;
  onCancel(listener: CancelListener): Promise<Unsubscribe>;
  /** Resolves when the backend answers; rejects with `service_unavailable` within about 2 s. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
