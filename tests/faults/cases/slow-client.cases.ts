import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentUpdate } from '@hil/contracts';
import { describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import type { FileMap } from '@hil/testing';
import { SMALL_CHANGE, small } from '../../support/repositories.js';
import type { Chat } from '../../support/chat.js';
import { approve } from '../../support/run.js';
import { report, spread } from '../support/figures.js';
import type { Fleet } from '../support/fleet.js';
import { expectLanded, takeOff } from '../support/outcome.js';
import { scaled } from '../support/scale.js';

const SLOW_CLIENTS = 10;
/** A client that takes nothing for so long is closed (the gateway's socket-writer). */
const STALL_MS = 10_000;
/** Of up to 16 KiB each: more than the sockets' own buffers take. */
const MANY_UPDATES = 600;

/** Tests that print this many megabytes, twice: on the base and on the change. */
function flooding(megabytes: number): FileMap {
  return {
    ...small(),
    'test/flood.test.js': [
      "import { test } from 'node:test';",
      "import { setTimeout as sleep } from 'node:timers/promises';",
      "test('floods', async () => {",
      `  for (let n = 0; n < ${megabytes * 64}; n += 1) {`,
      "    console.log((n + ' ' + 'x'.repeat(1000) + '\\n').repeat(16));",
      '    await sleep(1);',
      '  }',
      '});',
      '',
    ].join('\n'),
  };
}

async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

/** A client that greets and then reads no more; resolves with the code it was closed with. */
async function stopsReading(
  address: string,
): Promise<{ closed: Promise<number>; begin: () => void; socket: WebSocket }> {
  const socket = new WebSocket(address);
  await new Promise((resolve, reject) => socket.once('message', resolve).once('error', reject));
  socket.on('error', () => undefined);
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  socket.pause();
  // What was sent before the close has to be read before the close shows.
  return { closed, begin: () => socket.resume(), socket };
}

/** Resolves when a client that reads got more than a socket may hold for one that does not. */
async function flooded(chat: Chat, sessionId: string): Promise<void> {
  const deadline = Date.now() + 120_000;
  while (chat.updates(sessionId).length < MANY_UPDATES) {
    if (Date.now() > deadline) throw new Error('the run does not flood its log');
    await sleep(100);
  }
}

export function slowClientCases(running: () => Fleet): void {
  describe('clients that stop reading while a run floods its log', () => {
    it('are closed with 1013 and resume; the gateway stays small and serves the others', async () => {
      const fleet = running();
      const megabytes = scaled(8, 40);
      const gateway = fleet.one('gateway');
      const chat = await fleet.open();
      const flight = await takeOff(fleet, chat, {
        files: flooding(megabytes),
        message: SMALL_CHANGE,
      });
      const { sessionId } = flight;
      const before = await residentMb(gateway.pid);
      const sizes: number[] = [];
      const watch = setInterval(
        () => void residentMb(gateway.pid).then((mb) => sizes.push(mb)),
        100,
      );
      try {
        const address = `${gateway.address.replace(/^http/, 'ws')}/ws/chat?session_id=${sessionId}&last_seq=0`;
        const slow = await Promise.all(
          Array.from({ length: SLOW_CLIENTS }, () => stopsReading(address)),
        );
        await approve(chat, flight);
        await flooded(chat, sessionId);
        // Longer than a client may stall, shorter than a closed socket is kept for who reads late.
        await sleep(STALL_MS + 4_000);
        for (const each of slow) each.begin();
        const codes = await Promise.all(slow.map(({ closed }) => closed));
        expect(codes).toEqual(codes.map(() => 1013));
        const summary = await chat.summary(sessionId, 180_000);
        expect(summary.outcome).toBe('pr_created');
      } finally {
        clearInterval(watch);
      }
      const growth = Math.max(...sizes) - before;
      // Each slow client may hold 4 MB at most; the rest is what serving a flood takes.
      expect(growth).toBeLessThan(SLOW_CLIENTS * 4 + 150);
      const { chat: reader } = await expectLanded(fleet, flight);
      const bytes = reader
        .updates(sessionId)
        .reduce((sum, update: AgentUpdate) => sum + JSON.stringify(update).length, 0);
      expect(bytes).toBeGreaterThan(megabytes * 1_000_000);
      report('clients that stop reading', {
        clients: SLOW_CLIENTS,
        'closed with 1013': SLOW_CLIENTS,
        'log of the run': `${Math.round(bytes / 1e6)} MB`,
        'growth of the gateway': spread(
          sizes.map((size) => size - before),
          'MB',
        ),
      });
    }, 300_000);
  });
}
