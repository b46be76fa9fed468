import { describe, expect, it } from '@jest/globals';
import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One way of making git do what the attacker wants; each side answers whether it worked. */
export interface Attack {
  name: string;
  /** With git as a person has it. */
  plain: () => Promise<boolean>;
  /** Through this library, the same way. */
  ours: () => Promise<boolean>;
}

/** A pair of tests for each attack: without the first, the second would prove nothing. */
export function pairs(attacks: readonly Attack[]): void {
  describe.each(attacks)('$name', ({ plain, ours }) => {
    it('works on plain git', async () => expect(await plain()).toBe(true));
    it('does not work here', async () => expect(await ours()).toBe(false));
  });
}

/** A program that leaves a proof behind when anybody starts it. */
export class Trap {
  readonly program: string;
  readonly #proof: string;

  constructor(folder: string, name = 'trap') {
    const file = join(folder, name.replace(/\W+/g, '-'));
    this.program = `${file}.sh`;
    this.#proof = `${file}.proof`;
    writeFileSync(this.program, `#!/bin/sh\necho ran >> ${this.#proof}\nexit 1\n`);
    chmodSync(this.program, 0o755);
  }

  /** Forgets what happened. */
  set(): void {
    rmSync(this.#proof, { force: true });
  }

  sprung(): boolean {
    return existsSync(this.#proof);
  }

  /** Does something, however it ends, and answers whether the program was started by it. */
  async springs(work: () => Promise<unknown>): Promise<boolean> {
    this.set();
    await work().catch(() => undefined);
    return this.sprung();
  }
}
