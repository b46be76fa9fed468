import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../../', import.meta.url));
const table = await readFile(`${root}docs/security.md`, 'utf8');
const rows = table.split('\n').filter((line) => line.startsWith('| ') && line.includes('.ts`'));

describe('the table of threats', () => {
  it('has rows, each with a threat, a measure and a test', () => {
    expect(rows.length).toBeGreaterThan(40);
    for (const row of rows) expect(row.split(' | ')).toHaveLength(3);
  });

  it.each(rows.map((row) => [row.split('|')[1]?.trim() ?? '', row]))(
    'names a test that is there: %s',
    async (_threat, row) => {
      const [, path = '', title = ''] = /`([^`]+\.ts)` "([^"]+)"/.exec(row) ?? [];
      const source = await readFile(`${root}${path}`, 'utf8');
      expect(source.replace(/\s+/g, ' ')).toContain(title);
    },
  );
});
