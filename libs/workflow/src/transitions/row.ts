import { type RunState, STAGES } from '@hil/contracts';
import type { RunEvent } from '../run-events.js';
import type { Run } from '../run.js';
import type { Transition, TransitionEnvironment } from '../transition-steps.js';

export type EventOf<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;

/** The states an event may come in, and where it leads. */
export interface Row<T extends RunEvent['type']> {
  from: readonly RunState[];
  to: (run: Run, event: EventOf<T>, env: TransitionEnvironment) => Transition;
}

/** A row for each of these events. */
export type Rows<T extends RunEvent['type']> = { [K in T]: Row<K> };

/** States of a run that has not ended. */
export const LIVE: readonly RunState[] = [
  'received',
  ...STAGES,
  'awaiting_answer',
  'awaiting_approval',
  'paused',
];
