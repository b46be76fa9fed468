import { append, end } from '../transition-steps.js';
import { LIVE, type Rows } from './row.js';

/** What ends a run whatever it is at. */
export const END_ROWS: Rows<'cancel_requested' | 'stage_failed'> = {
  cancel_requested: {
    from: LIVE,
    to: (run, { by }) => {
      const ended = end(run, 'cancelled', 'cancelled', `Cancelled by ${by}.`);
      return { run: { ...ended.run, cancelRequested: true }, effects: ended.effects };
    },
  },
  stage_failed: {
    from: LIVE,
    to: (run, { code, message, retryable }) =>
      end(run, 'failed', 'failed', message, [
        append({ type: 'error', data: { code, message, retryable } }),
      ]),
  },
};
