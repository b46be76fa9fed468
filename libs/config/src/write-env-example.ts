import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { envExample } from './env-example.js';

writeFileSync(fileURLToPath(new URL('../../../.env.example', import.meta.url)), envExample());
