import type { RunEvent } from './run-events.js';
import type { Run } from './run.js';
import {
  type Transition,
  type TransitionEnvironment,
  TransitionError,
} from './transition-steps.js';
import { ASKING_ROWS } from './transitions/asking.rows.js';
import { CHANGE_ROWS } from './transitions/change.rows.js';
import { DECISION_ROWS } from './transitions/decision.rows.js';
import { END_ROWS } from './transitions/end.rows.js';
import { PLANNING_ROWS } from './transitions/planning.rows.js';
import { UNDERSTANDING_ROWS } from './transitions/understanding.rows.js';
import type { Row, Rows } from './transitions/row.js';

/** One row for each event: everything that decides what comes next, in the files of the rows. */
const TABLE: Rows<RunEvent['type']> = {
  ...UNDERSTANDING_ROWS,
  ...PLANNING_ROWS,
  ...DECISION_ROWS,
  ...ASKING_ROWS,
  ...CHANGE_ROWS,
  ...END_ROWS,
};

/**
 * Decides what an event makes of a run. Pure: the same run, event and environment give the same answer.
 * @throws TransitionError when the event can't happen in this state
 */
export function transition(run: Run, event: RunEvent, env: TransitionEnvironment): Transition {
  const row = TABLE[event.type] as Row<RunEvent['type']>;
  if (!row.from.includes(run.state)) throw new TransitionError(run.state, event.type);
  return row.to(run, event, env);
}
