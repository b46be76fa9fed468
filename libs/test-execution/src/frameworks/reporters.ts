import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Our reporters: plain files beside the code, mounted read-only in every run. */
export const REPORTERS = fileURLToPath(new URL('../../reporters', import.meta.url));
export const PYTHON_REPORTERS = join(REPORTERS, 'python');
