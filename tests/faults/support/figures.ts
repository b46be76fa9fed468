import { appendFileSync } from 'node:fs';

/**
 * What a fault suite measured: printed, and appended as JSON lines to the file named by
 * HIL_FAULT_REPORT.
 */
export function report(fault: string, facts: Readonly<Record<string, number | string>>): void {
  const line = Object.entries(facts)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
  process.stdout.write(`  [figure] ${fault}: ${line}\n`);
  const file = process.env['HIL_FAULT_REPORT'];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify({ fault, ...facts })}\n`);
}

/** `min / median / max` of some values, rounded. */
export function spread(values: readonly number[], unit: string): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): string => {
    const value = sorted[Math.floor((sorted.length - 1) * share)];
    return value === undefined ? '-' : String(Math.round(value));
  };
  return `${at(0)} / ${at(0.5)} / ${at(1)} ${unit} (n=${sorted.length})`;
}
