import type { BackendFactory, IQueueBackend } from 'bullmq';

/** What differs between the backends. */
export interface BullBackend<B extends IQueueBackend, C> {
  /** For error messages: "Redis", "PostgreSQL". */
  name: string;
  factory: BackendFactory<B, C>;
  /** Handed to every queue and worker; connections behind it are shared. */
  connection: C;
  /** Key prefix; Redis only. */
  prefix: string;
  ping(): Promise<unknown>;
  close(): Promise<void>;
}
