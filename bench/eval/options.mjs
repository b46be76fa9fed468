import { parseArgs } from 'node:util';

export const USAGE = `npm run eval -- --model provider:model [options], after npm ci && npm run build

  --model NAME       the model for every job (LLM_MODEL when absent); its key comes from the environment
  --tasks a,b        only these tasks of tests/models/fixtures; "none" for none
  --instances FILE   instances as JSON Lines; without --tasks, only these
  --json FILE        all results as JSON
  --minutes N        longest time of one run (default 30); it is cancelled then
  --list             the names of the tasks`;

/** Thrown when the call itself is wrong: nothing was run, and the exit code is 2. */
export class CallError extends Error {
  name = 'CallError';
}

/** @throws CallError */
export function readOptions(argv, env) {
  let values;
  try {
    ({ values } = parseArgs({
      args: argv,
      options: {
        model: { type: 'string' },
        tasks: { type: 'string' },
        instances: { type: 'string' },
        json: { type: 'string' },
        minutes: { type: 'string', default: '30' },
        list: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }));
  } catch (error) {
    throw new CallError(`${error.message}\n\n${USAGE}`);
  }
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) throw new CallError(`--minutes=${values.minutes} is no number above 0`);
  return { ...values, minutes, model: values.model ?? env.LLM_MODEL };
}
