import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Peers, until, type BackendUnderTest, type StartBackend } from './backend-under-test.js';

/** What every {@link DoorbellBus} driver must do; run by a spec file of each backend. */
export function doorbellConformance(name: string, start: StartBackend): void {
  describe(`DoorbellBus on ${name}`, () => {
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

    it('rings every follower of the session, in every process, and nobody else', async () => {
      const [one, two, ringer] = [await peers.open(), await peers.open(), await peers.open()];
      const [session, other] = [randomUUID(), randomUUID()];
      const heard: string[] = [];
      await one.bus.subscribe(session, ({ seq }) => heard.push(`one ${seq}`));
      await one.bus.subscribe(session, ({ seq }) => heard.push(`one again ${seq}`));
      await two.bus.subscribe(session, ({ seq }) => heard.push(`two ${seq}`));
      await two.bus.subscribe(other, ({ seq }) => heard.push(`other ${seq}`));
      await ringer.bus.ring(session, 7);
      await until(() => heard.length >= 3);
      await new Promise((done) => setTimeout(done, 100));
      expect(heard.sort()).toEqual(['one 7', 'one again 7', 'two 7']);
    });

    it('lets the last of many bells arrive', async () => {
      const [listener, ringer] = [await peers.open(), await peers.open()];
      const session = randomUUID();
      let highest = 0;
      await listener.bus.subscribe(session, ({ seq }) => (highest = Math.max(highest, seq)));
      await Promise.all(
        Array.from({ length: 500 }, (_, index) => ringer.bus.ring(session, index + 1)),
      );
      await until(() => highest === 500);
    });

    it('is silent for a listener that unsubscribed, and goes on for the others', async () => {
      const { bus } = await peers.open();
      const session = randomUUID();
      const heard: string[] = [];
      const leave = await bus.subscribe(session, () => heard.push('left'));
      await bus.subscribe(session, () => heard.push('stayed'));
      await leave();
      await bus.ring(session, 1);
      await until(() => heard.length > 0);
      expect(heard).toEqual(['stayed']);
    });

    it('can follow a session again after the last listener left', async () => {
      const { bus } = await peers.open();
      const session = randomUUID();
      const leave = await bus.subscribe(session, () => undefined);
      await leave();
      const heard: number[] = [];
      await bus.subscribe(session, ({ seq }) => heard.push(seq));
      await bus.ring(session, 2);
      await until(() => heard.includes(2));
    });

    it('brings a cancel to every process, the asking one included', async () => {
      const [one, two] = [await peers.open(), await peers.open()];
      const heard: string[] = [];
      await one.bus.onCancel((runId) => heard.push(`one ${runId}`));
      await two.bus.onCancel((runId) => heard.push(`two ${runId}`));
      const run = randomUUID();
      await one.bus.requestCancel(run);
      await until(() => heard.length === 2);
      expect(heard.sort()).toEqual([`one ${run}`, `two ${run}`]);
    });

    it('keeps ringing the others when one listener throws', async () => {
      const { bus } = await peers.open();
      const session = randomUUID();
      const heard: number[] = [];
      await bus.subscribe(session, () => {
        throw new Error('bad listener');
      });
      await bus.subscribe(session, ({ seq }) => heard.push(seq));
      await bus.ring(session, 4);
      await until(() => heard.includes(4));
    });

    it('rings with seq 0 after a restart of the server, and rings on', async () => {
      const [listener, ringer] = [await peers.open(), await peers.open()];
      const session = randomUUID();
      const heard: number[] = [];
      const cancelled: string[] = [];
      await listener.bus.subscribe(session, ({ seq }) => heard.push(seq));
      await listener.bus.onCancel((runId) => cancelled.push(runId));
      await backend.restart();
      await until(() => heard.includes(0), 15_000);
      await ringer.bus.ring(session, 9);
      await ringer.bus.requestCancel('run');
      await until(() => heard.includes(9) && cancelled.includes('run'), 15_000);
    }, 45_000);

    it('answers a ping', async () => {
      const { bus, queue } = await peers.open();
      await Promise.all([bus.ping(), queue.ping()]);
    });
  });
}
