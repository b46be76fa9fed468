import { loadConfig } from '@hil/config';
import { runProcess } from '@hil/runtime';
import { bootStandalone } from './boot-standalone.js';

await runProcess(() => bootStandalone(loadConfig({ shape: 'embedded' })));
