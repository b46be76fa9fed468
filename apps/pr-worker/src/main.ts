import { runWorker } from '@hil/runtime';

await runWorker('pr-worker');
