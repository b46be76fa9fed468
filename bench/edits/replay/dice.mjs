import { createHash } from 'node:crypto';

/** Numbers below `n` that are the same for a seed on every machine. */
export function dice(seed) {
  let count = 0;
  return (n) => {
    const digest = createHash('sha256').update(`${seed}#${count++}`).digest();
    return digest.readUInt32BE(0) % n;
  };
}
