/** HIL_FAULT_ROUNDS of the full scale; unset means a small scale that fits into CI. */
const FULL = 20;

const wanted = process.env['HIL_FAULT_ROUNDS'];
const share = wanted === undefined ? undefined : Math.max(0, Number(wanted)) / FULL;
if (Number.isNaN(share)) throw new Error(`HIL_FAULT_ROUNDS is not a number: ${wanted}`);

/** True when the product's default times are used and figures are worth to be written down. */
export const atScale = share !== undefined;

/** How often, or how many: `small` by default, else `full` scaled by HIL_FAULT_ROUNDS / 20, at least `small`. */
export function scaled(small: number, full: number): number {
  return share === undefined ? small : Math.max(small, Math.round(full * share));
}

/** How long a case may take when a round of it takes `roundMs`, in ms. */
export function timeFor(rounds: number, roundMs: number): number {
  return 60_000 + rounds * roundMs;
}

/** By default a silent worker loses its run sooner, so that CI waits less. */
export const LEASES: Readonly<Record<string, string>> = atScale
  ? {}
  : { LEASE_SECONDS: '4', HEARTBEAT_SECONDS: '0.5' };

/** How long a lease of this fleet lasts, in ms. */
export const LEASE_MS = atScale ? 6_000 : 4_000;

/** Spreads `part` things evenly over `whole` places: true for as many of the places 1 to `whole`, the last one included. */
export function isOneOf(part: number, whole: number, place: number): boolean {
  return Math.floor((place * part) / whole) > Math.floor(((place - 1) * part) / whole);
}
