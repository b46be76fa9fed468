/** Declares a group of tests, like Jest's `describe`. */
export type Declare = (body: () => void) => void;

/**
 * For tests that need something this machine may lack. Present: an ordinary `describe`. Absent:
 * skipped with the reason in the title, or, under HIL_REQUIRE_ALL=1, one failing test.
 * @example requireOrSkip('over Redis', redis !== undefined, 'no redis-server')(() => { it(...) })
 */
export function requireOrSkip(name: string, available: boolean, reason: string): Declare {
  if (available) return (body) => describe(name, body);
  const title = `${name} (skipped: ${reason})`;
  if (process.env['HIL_REQUIRE_ALL'] !== '1') return (body) => describe.skip(title, body);
  return () =>
    describe(name, () => {
      it('has what it needs', () => {
        throw new Error(`HIL_REQUIRE_ALL=1, and this can not run here: ${reason}`);
      });
    });
}

/** The globals of the test runner, as far as they are used here; this library has no runner of its own. */
declare const describe: {
  (name: string, body: () => void): void;
  skip(name: string, body: () => void): void;
};
declare function it(name: string, body: () => void): void;
