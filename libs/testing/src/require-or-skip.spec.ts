import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { requireOrSkip } from './require-or-skip.js';

const ran: string[] = [];

requireOrSkip(
  'a group whose service is there',
  true,
  'never shown',
)(() => {
  it('runs', () => {
    ran.push('present');
  });
});

describe('requireOrSkip', () => {
  it('has run the group above', () => {
    expect(ran).toEqual(['present']);
  });

  describe('for an absent service', () => {
    const titles: string[] = [];
    const real = { describe: globalThis.describe };
    const before = process.env['HIL_REQUIRE_ALL'];
    beforeAll(() => {
      const record = (title: string): void => void titles.push(title);
      Object.assign(globalThis, {
        describe: Object.assign(record, { skip: (title: string) => titles.push(`skip ${title}`) }),
      });
    });
    afterAll(() => {
      Object.assign(globalThis, real);
      if (before === undefined) delete process.env['HIL_REQUIRE_ALL'];
      else process.env['HIL_REQUIRE_ALL'] = before;
    });

    it('skips with the reason, and is declared to fail under HIL_REQUIRE_ALL=1', () => {
      delete process.env['HIL_REQUIRE_ALL'];
      requireOrSkip('x', false, 'no redis')(() => undefined);
      process.env['HIL_REQUIRE_ALL'] = '1';
      requireOrSkip('x', false, 'no redis')(() => undefined);
      expect(titles).toEqual(['skip x (skipped: no redis)', 'x']);
    });
  });
});
