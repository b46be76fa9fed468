import { runWorker } from '@hil/runtime';

await runWorker('test-runner');
