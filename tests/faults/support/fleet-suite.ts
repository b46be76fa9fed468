import { afterAll, afterEach, beforeAll, jest } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { Fleet } from './fleet.js';

/** Boots a fleet for the cases of a suite and ends it behind them. Answers the way to reach it. */
export function fleetFor(settings: Readonly<Record<string, string>>): () => Fleet {
  let fleet: Fleet | undefined;
  jest.setTimeout(120_000);
  beforeAll(async () => {
    fleet = await Fleet.boot(settings);
  }, 180_000);
  afterEach(() => fleet?.calm());
  afterAll(async () => {
    const file = process.env['HIL_FAULT_LOG'];
    if (file !== undefined && fleet !== undefined) await writeFile(file, fleet.log());
    await fleet?.stop();
  }, 60_000);
  return () => {
    if (fleet === undefined) throw new Error('the fleet did not start');
    return fleet;
  };
}
