import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem, type } from 'node:os';

/**
 * The machine a figure was taken on. Load is that of the minute before the benchmark: above the number
 * of cores, times are upper bounds and only ratios of one interleaved run mean something.
 */
export function machine() {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.version,
    load: Number((loadavg()[0] ?? 0).toFixed(1)),
    commit: commit(),
    at: new Date().toISOString(),
  };
}

export function machineLine({ cores, cpu, memoryGb, system, node, load, commit: at }) {
  return `${cores} cores of ${cpu}, ${memoryGb} GB, ${system}, Node ${node}, load ${load}, commit ${at}`;
}

function commit() {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
      .toString()
      .trim();
  } catch {
    return 'unknown';
  }
}
