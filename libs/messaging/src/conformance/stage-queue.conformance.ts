import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { StageJob } from '@hil/contracts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Peers, until, type BackendUnderTest, type StartBackend } from './backend-under-test.js';

const consumerProcess = fileURLToPath(new URL('./consumer-process.mjs', import.meta.url));

function newJob(stage: StageJob['stage'] = 'planning'): StageJob {
  return { runId: randomUUID(), stage, version: 3 };
}

/** What every {@link StageQueue} driver must do; run by a spec file of each backend. */
export function stageQueueConformance(name: string, start: StartBackend): void {
  describe(`StageQueue on ${name}`, () => {
    let backend: BackendUnderTest;
    let peers: Peers;

    beforeAll(async () => {
      backend = await start();
    }, 60_000);
    beforeEach(() => {
      peers = new Peers(backend);
    });
    afterEach(() => peers.closeAll());
    afterAll(() => backend.close());

    it('delivers a job once, with its id, to one of two consumers of its app', async () => {
      const [producer, one, two] = [await peers.open(), await peers.open(), await peers.open()];
      const seen: { job: StageJob; jobId: string }[] = [];
      for (const { queue } of [one, two]) {
        await queue.consume(
          'planner',
          (job, _signal, { jobId }) => {
            seen.push({ job, jobId });
            return Promise.resolve();
          },
          { concurrency: 2 },
        );
      }
      const job = newJob();
      await producer.queue.add('planner', job, `${job.runId}-3-1`);
      await until(() => seen.length > 0);
      await new Promise((done) => setTimeout(done, 300));
      expect(seen).toEqual([{ job, jobId: `${job.runId}-3-1` }]);
    });

    it('does not deliver a job to the consumers of another app', async () => {
      const { queue } = await peers.open();
      const seen: string[] = [];
      await queue.consume('editor', (job) => Promise.resolve(void seen.push(job.runId)), {
        concurrency: 1,
      });
      const other = newJob();
      const mine = newJob('editing');
      await queue.add('pr-worker', other, `${other.runId}-3-1`);
      await queue.add('editor', mine, `${mine.runId}-3-1`);
      await until(() => seen.length > 0);
      expect(seen).toEqual([mine.runId]);
    });

    it('ignores a second add under the same id and takes one under a new id', async () => {
      const { queue } = await peers.open();
      const job = newJob();
      const seen: string[] = [];
      await queue.add('planner', job, `${job.runId}-3-1`);
      await queue.add('planner', job, `${job.runId}-3-1`);
      await queue.consume(
        'planner',
        (_job, _signal, { jobId }) => Promise.resolve(void seen.push(jobId)),
        { concurrency: 1 },
      );
      await until(() => seen.length > 0);
      await queue.add('planner', job, `${job.runId}-3-1`);
      await queue.add('planner', job, `${job.runId}-3-2`);
      await until(() => seen.includes(`${job.runId}-3-2`));
      expect(seen).toEqual([`${job.runId}-3-1`, `${job.runId}-3-2`]);
    });

    it('works on as many jobs at once as the consumer allows, and no more', async () => {
      const { queue } = await peers.open();
      let running = 0;
      let most = 0;
      let done = 0;
      await queue.consume(
        'test-runner',
        async () => {
          running += 1;
          most = Math.max(most, running);
          await new Promise((wait) => setTimeout(wait, 150));
          running -= 1;
          done += 1;
        },
        { concurrency: 3 },
      );
      for (let index = 0; index < 9; index += 1) {
        const job = newJob('testing');
        await queue.add('test-runner', job, `${job.runId}-3-1`);
      }
      await until(() => done === 9);
      expect(most).toBe(3);
    });

    it('does not try a failed job again by itself', async () => {
      const { queue } = await peers.open();
      let calls = 0;
      await queue.consume(
        'planner',
        () => {
          calls += 1;
          return Promise.reject(new Error('no'));
        },
        { concurrency: 1 },
      );
      const job = newJob();
      await queue.add('planner', job, `${job.runId}-3-1`);
      await until(async () => (await queue.counts()).planner.failed > 0);
      await new Promise((done) => setTimeout(done, 300));
      expect(calls).toBe(1);
    });

    it('gives the job of a killed worker process to another one', async () => {
      const { queue } = await peers.open();
      const options = JSON.stringify({ ...backend.address, prefix: peers.prefix });
      const child = fork(consumerProcess, [options, 'editor'], { execArgv: [] });
      try {
        const taken: string[] = [];
        let ready = false;
        child.on('message', (message: { ready?: true; taken?: string }) => {
          if (message.ready === true) ready = true;
          if (message.taken !== undefined) taken.push(message.taken);
        });
        await until(() => ready, 15_000);
        const job = newJob('editing');
        await queue.add('editor', job, `${job.runId}-3-1`);
        await until(() => taken.includes(job.runId));
        child.kill('SIGKILL');
        await once(child, 'exit');

        const rescued: string[] = [];
        await queue.consume('editor', (found) => Promise.resolve(void rescued.push(found.runId)), {
          concurrency: 1,
        });
        const killedAt = Date.now();
        await until(() => rescued.includes(job.runId), 15_000);
        expect(Date.now() - killedAt).toBeLessThan(12_000);
      } finally {
        child.kill('SIGKILL');
      }
    }, 45_000);

    it('waits for running jobs when it closes, and takes no new ones', async () => {
      const { queue } = await peers.open();
      const started: string[] = [];
      const finished: string[] = [];
      const consumer = await queue.consume(
        'planner',
        async (job, signal) => {
          started.push(job.runId);
          await new Promise((done) => setTimeout(done, 500));
          expect(signal.aborted).toBe(false);
          finished.push(job.runId);
        },
        { concurrency: 1, drainMs: 5_000 },
      );
      const [first, second] = [newJob(), newJob()];
      await queue.add('planner', first, `${first.runId}-3-1`);
      await until(() => started.length === 1);
      await queue.add('planner', second, `${second.runId}-3-1`);
      await consumer.close();
      expect(finished).toEqual([first.runId]);
      expect(started).toEqual([first.runId]);
      expect((await queue.counts()).planner).toMatchObject({ waiting: 1, active: 0 });
      // Leaves nothing behind for the next test.
      const rest = await queue.consume('planner', () => Promise.resolve(), { concurrency: 1 });
      await until(async () => (await queue.counts()).planner.waiting === 0);
      await rest.close();
    });

    it('aborts what does not finish in time and hands it to another consumer at once', async () => {
      const [one, two] = [await peers.open(), await peers.open()];
      let reached = false;
      const consumer = await one.queue.consume(
        'planner',
        (_job, signal) => {
          reached = true;
          return new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason));
          });
        },
        { concurrency: 1, drainMs: 200 },
      );
      const job = newJob();
      await one.queue.add('planner', job, `${job.runId}-3-1`);
      await until(() => reached);
      await consumer.close();
      const closedAt = Date.now();
      const taken: string[] = [];
      await two.queue.consume('planner', (found) => Promise.resolve(void taken.push(found.runId)), {
        concurrency: 1,
      });
      await until(() => taken.includes(job.runId));
      // Well under the lock's 5 s: it was given back, not found stalled.
      expect(Date.now() - closedAt).toBeLessThan(2_500);
    });

    it('says which apps have consumers', async () => {
      const [asking, working] = [await peers.open(), await peers.open()];
      expect(await asking.queue.hasConsumers('pr-worker')).toBe(false);
      const consumer = await working.queue.consume('pr-worker', () => Promise.resolve(), {
        concurrency: 1,
      });
      await until(() => asking.queue.hasConsumers('pr-worker'));
      await consumer.close();
      await until(async () => !(await asking.queue.hasConsumers('pr-worker')));
    });

    it('names one BullMQ queue for each app', async () => {
      const { queue } = await peers.open();
      expect(queue.bullQueues().map((bull) => bull.name)).toEqual([
        'planner',
        'editor',
        'test-runner',
        'pr-worker',
      ]);
    });

    it('goes on after a restart of the server', async () => {
      const { queue } = await peers.open();
      const seen: string[] = [];
      await queue.consume('planner', (job) => Promise.resolve(void seen.push(job.runId)), {
        concurrency: 1,
      });
      const before = newJob();
      await queue.add('planner', before, `${before.runId}-3-1`);
      await until(() => seen.includes(before.runId));
      await backend.restart();
      await until(() =>
        queue.ping().then(
          () => true,
          () => false,
        ),
      );
      const after = newJob();
      await queue.add('planner', after, `${after.runId}-3-1`);
      await until(() => seen.includes(after.runId), 15_000);
    }, 45_000);
  });
}
