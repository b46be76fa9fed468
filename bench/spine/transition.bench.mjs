/**
 * One durable transition of the run store (compare and move the run, number and append an event, write the
 * outbox) against a commit of one bare row through the same pool: p50, taken in turns, one by one.
 */
import { randomUUID } from 'node:crypto';
import { PostgresRunStorage, openDatabase } from '@hil/persistence';
import { Report } from '../shared/report.mjs';
import { roundsWanted } from '../shared/rounds.mjs';
import { silent, startServices } from '../shared/services.mjs';
import { median } from '../shared/stats.mjs';
import { hopCommit, statusEntry, storeRun } from './support/sample-run.mjs';

const SAMPLES = 400;
const WARM_UP = 150;

const report = new Report('spine/transition');
const services = await startServices();
const database = openDatabase({ databaseUrl: services.databaseUrl, log: silent });
services.onStop(() => database.close());
try {
  const { pool } = database;
  await pool.query('CREATE TABLE bare (id uuid PRIMARY KEY, data jsonb NOT NULL)');
  const storage = new PostgresRunStorage(database, (text) => text);
  let run = await storeRun(storage);

  const contestants = {
    ours: async () => {
      const commit = hopCommit(run, run.stage === 'testing' ? 'editing' : 'testing');
      const begun = performance.now();
      const committed = await storage.commit(commit);
      const took = performance.now() - begun;
      if (committed === null) throw new Error('the transition was refused');
      run = commit.run;
      return took;
    },
    bare: async () => {
      const data = JSON.stringify(statusEntry(run));
      const begun = performance.now();
      await pool.query('INSERT INTO bare (id, data) VALUES ($1, $2)', [randomUUID(), data]);
      return performance.now() - begun;
    },
  };

  const figures = { ours: [], bare: [] };
  await sample(WARM_UP);
  for (let round = 0; round < roundsWanted(7); round += 1) {
    const { ours, bare } = await sample(SAMPLES);
    figures.ours.push(median(ours));
    figures.bare.push(median(bare));
  }
  report.compare({
    name: 'durable transition',
    unit: 'ms p50',
    ...figures,
    bareIs: 'commit of one row',
    atMost: 2,
  });

  async function sample(count) {
    const taken = { ours: [], bare: [] };
    for (let n = 0; n < count; n += 1) {
      for (const name of n % 2 === 0 ? ['ours', 'bare'] : ['bare', 'ours']) {
        taken[name].push(await contestants[name]());
      }
    }
    return taken;
  }
} finally {
  await services.stop();
}
report.end();
