/**
 * Preloaded into a server: SIGUSR2 collects all garbage and writes what is left, in bytes, to a file named
 * after the process. Resident memory would tell nothing: what the boot needed is given back only later.
 */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
process.on('SIGUSR2', () => {
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  writeFileSync(join(tmpdir(), `hil-bench-${process.pid}`), String(heapUsed + external));
});
