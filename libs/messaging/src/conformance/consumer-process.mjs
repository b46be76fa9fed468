/**
 * A worker process for the specs: takes jobs of one app, says so, and never finishes them.
 * Runs the built library; argv: JSON of MessagingOptions without logger, and the app.
 */
import { createMessaging } from '../../dist/index.js';

const [options, app] = process.argv.slice(2);
const silent = () => {};
const logger = { info: silent, warn: silent, error: silent };
const { queue } = await createMessaging({ ...JSON.parse(options), logger });
await queue.consume(
  app,
  (job) => {
    process.send({ taken: job.runId });
    return new Promise(() => {});
  },
  { concurrency: 1 },
);
process.send({ ready: true });
