import { describe, expect, it } from '@jest/globals';
import { type OutputStream } from './sandbox.js';
import { type CommandEnd, type StartedCommand, supervise } from './supervise.js';

const LIMITS = { timeoutMs: 50, maxOutputBytes: 10_000 };

/** A command whose driver has lost its daemon: nothing ends it, and each try fails. */
class LostCommand implements StartedCommand {
  output: AsyncIterable<readonly [OutputStream, Buffer]>[];
  ended = new Promise<CommandEnd>(() => undefined);
  closeOutput!: () => void;

  constructor() {
    const closed = new Promise<void>((resolve) => (this.closeOutput = resolve));
    this.output = [silent(closed)];
  }

  terminate(): Promise<void> {
    return Promise.reject(new Error('connect ECONNREFUSED'));
  }

  kill(): Promise<void> {
    return this.terminate();
  }
}

/** A command that prints nothing. */
async function* silent(until: Promise<void>): AsyncGenerator<readonly [OutputStream, Buffer]> {
  await until;
}

describe('a driver that fails to stop a command', () => {
  it('is answered for in time, with what stopped it and what is left', async () => {
    const ending = await supervise(new LostCommand(), LIMITS);
    expect(ending).toMatchObject({ exitCode: null, reason: 'timeout' });
    expect(ending.message).toMatch(
      /stopped after 0\.05 s\. It may still be running: .*ECONNREFUSED/,
    );
  });

  it('keeps the reason when the daemon goes away while the command is stopped', async () => {
    const command = new LostCommand();
    let lose: (end: CommandEnd) => void = () => undefined;
    command.ended = new Promise((resolve) => (lose = resolve));
    command.terminate = () => {
      lose({ exitCode: null, signal: null, startError: 'The Docker daemon went away' });
      return Promise.reject(new Error('connect ECONNREFUSED'));
    };
    expect((await supervise(command, LIMITS)).reason).toBe('timeout');
  });

  it('does not hide the ending of a command that ended by itself', async () => {
    const command = new LostCommand();
    command.ended = Promise.resolve({ exitCode: 3, signal: null });
    command.output = [];
    expect(await supervise(command, LIMITS)).toMatchObject({ exitCode: 3, reason: 'exited' });
  });
});
