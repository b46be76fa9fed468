import { runWorker } from '@hil/runtime';

await runWorker('editor');
