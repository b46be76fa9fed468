import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import type { AppProcess } from '../../support/app-process.js';
import type { Chat } from '../../support/chat.js';
import { SMALL_CHANGE, slowTest, small } from '../../support/repositories.js';
import { approve } from '../../support/run.js';
import { report } from '../support/figures.js';
import type { Fleet } from '../support/fleet.js';
import { type Flight, expectEffects, expectLanded, takeOff } from '../support/outcome.js';
import { LEASE_MS, scaled, timeFor } from '../support/scale.js';

/** A run whose worker is in the middle of its tests. */
async function inTheTests(fleet: Fleet, chat: Chat): Promise<Flight> {
  const flight = await takeOff(fleet, chat, {
    files: { ...small(), ...slowTest('1') },
    message: SMALL_CHANGE,
  });
  await approve(chat, flight);
  await chat.frame(
    ({ event, data }) =>
      event === 'agent_update' &&
      data.run_id === flight.runId &&
      data.stage === 'testing' &&
      data.type !== 'status',
    'the first word of the tests',
  );
  return flight;
}

/** A run whose worker waits for the answer to its push, which the server has yet to take. */
async function inThePush(fleet: Fleet, chat: Chat): Promise<{ flight: Flight; go: () => void }> {
  let go = (): void => undefined;
  const gate = new Promise<void>((resolve) => (go = resolve));
  let came = (): void => undefined;
  const arrived = new Promise<void>((resolve) => (came = resolve));
  let first = true;
  fleet.forge.faults.beforePush = () => {
    came();
    if (!first) return Promise.resolve();
    first = false;
    return gate;
  };
  const flight = await takeOff(fleet, chat, { files: small(), message: SMALL_CHANGE });
  await approve(chat, flight);
  await arrived;
  return { flight, go };
}

async function attemptTwo(chat: Chat, { runId }: Flight): Promise<void> {
  await chat.frame(
    ({ event, data }) => event === 'agent_update' && data.run_id === runId && data.attempt === 2,
    'a second attempt',
    LEASE_MS + 40_000,
  );
}

/** Blocks the event loop of a process that was started with --inspect on this port. */
async function blockEventLoop(port: number, ms: number): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}/json/list`);
  const [target] = (await answer.json()) as { webSocketDebuggerUrl: string }[];
  if (target === undefined) throw new Error('nothing to inspect');
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const expression = `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${ms})`;
  socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression } }));
  await new Promise((resolve) => socket.once('message', resolve));
  socket.close();
}

export function lateWorkerCases(running: () => Fleet): void {
  const rounds = scaled(1, 20);

  describe('work that is done twice, or too late', () => {
    it(
      'a job delivered again and again while it is done changes nothing',
      async () => {
        const fleet = running();
        for (let round = 0; round < rounds; round += 1) {
          const before = fleet.seen();
          const chat = await fleet.open();
          const flight = await inTheTests(fleet, chat);
          const { rows } = await fleet.rows.query<{ version: number }>(
            'SELECT version FROM run WHERE id = $1',
            [flight.runId],
          );
          const job = { runId: flight.runId, stage: 'testing', version: rows[0]?.version ?? -1 };
          for (let copy = 0; copy < 20; copy += 1) {
            await fleet.messaging.queue.add(
              'test-runner',
              { ...job, stage: 'testing' },
              `${flight.runId}-copy-${copy}`,
            );
          }
          await chat.summary(flight.sessionId, 60_000);
          // One more when all is over.
          await fleet.messaging.queue.add(
            'test-runner',
            { ...job, stage: 'testing' },
            `${flight.runId}-late`,
          );
          await sleep(500);
          const { chat: reader } = await expectLanded(fleet, flight);
          expect(reader.updates(flight.sessionId).every(({ attempt }) => attempt <= 1)).toBe(true);
          expectEffects(fleet, before, 1);
        }
        report('job delivered 21 times more', { rounds, 'changed anything': 0 });
      },
      timeFor(rounds, 60_000),
    );

    it(
      'a worker paused past its lease is taken over, and writes nothing when it comes back',
      async () => {
        const fleet = running();
        for (let round = 0; round < rounds; round += 1) {
          const before = fleet.seen();
          const chat = await fleet.open();
          const flight = await inTheTests(fleet, chat);
          const paused = fleet.one('test-runner');
          process.kill(paused.pid, 'SIGSTOP');
          try {
            await fleet.start('test-runner');
            await attemptTwo(chat, flight);
          } finally {
            process.kill(paused.pid, 'SIGCONT');
          }
          await chat.summary(flight.sessionId, 60_000);
          await sleep(1_000);
          const { chat: reader } = await expectLanded(fleet, flight);
          const attempts = reader
            .updates(flight.sessionId)
            .flatMap(({ stage, attempt }) => (stage === 'testing' ? [attempt] : []));
          // Once the second attempt has begun, the first has no more to say.
          expect(attempts).toEqual([...attempts].sort((a, b) => a - b));
          expectEffects(fleet, before, 1);
          expect(paused.running).toBe(true);
          await paused.stop();
        }
        report('SIGSTOP past the lease, then SIGCONT, in testing', { rounds, 'late writes': 0 });
      },
      timeFor(rounds, 90_000),
    );

    it(
      'a worker paused in the middle of its push: one branch, whoever comes first',
      async () => {
        const fleet = running();
        let pushesSent = 0;
        for (let round = 0; round < rounds; round += 1) {
          const before = fleet.forge.counts.pushes;
          const chat = await fleet.open();
          const { flight, go } = await inThePush(fleet, chat);
          const paused = fleet.one('pr-worker');
          process.kill(paused.pid, 'SIGSTOP');
          try {
            await fleet.start('pr-worker');
            await attemptTwo(chat, flight);
          } finally {
            go();
            process.kill(paused.pid, 'SIGCONT');
          }
          await chat.summary(flight.sessionId, 60_000);
          await sleep(1_000);
          await expectLanded(fleet, flight);
          pushesSent += fleet.forge.counts.pushes - before;
          await paused.stop();
          fleet.calm();
        }
        report('SIGSTOP in the push, then SIGCONT', {
          rounds,
          'branches a run': 1,
          'push requests a run': (pushesSent / rounds).toFixed(2),
        });
      },
      timeFor(rounds, 90_000),
    );

    it(
      'an event loop blocked past the lock has one effect',
      async () => {
        const fleet = running();
        const port = 20_000 + Math.floor(Math.random() * 20_000);
        const before = fleet.running('pr-worker');
        const blocked: AppProcess = await fleet.start('pr-worker', {
          NODE_OPTIONS: `--inspect=127.0.0.1:${port}`,
        });
        for (const other of before) await other.stop();
        for (let round = 0; round < rounds; round += 1) {
          const before = fleet.seen();
          const chat = await fleet.open();
          const { flight, go } = await inThePush(fleet, chat);
          const block = blockEventLoop(port, LEASE_MS + 4_000);
          // Its git goes on, and the branch is there before anybody can say so.
          go();
          const second = await fleet.start('pr-worker');
          await Promise.all([block, chat.summary(flight.sessionId, 90_000)]);
          await sleep(1_000);
          await expectLanded(fleet, flight);
          expectEffects(fleet, before, 1);
          expect(blocked.running).toBe(true);
          if (round + 1 < rounds) await second.stop();
          fleet.calm();
        }
        await blocked.stop();
        report('event loop blocked past lock and lease', { rounds, effects: rounds });
      },
      timeFor(rounds, 90_000),
    );
  });
}
