import { readFile, readdir } from 'node:fs/promises';
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

  it('has every attack on git of which there is a pair of tests', async () => {
    const folder = `${root}libs/version-control/src/attacks/`;
    const names: string[] = [];
    for (const file of await readdir(folder)) {
      const source = await readFile(folder + file, 'utf8');
      const declared = /(?:\bname: |\battack\(\s*|nameAttack\('\w+', |refused\(\s*)'([^']+)'/g;
      names.push(...[...source.matchAll(declared)].map(([, name]) => name ?? ''));
    }
    expect(names.length).toBeGreaterThan(30);
    expect(names.filter((name) => !table.includes(`"${name}"`))).toEqual([]);
  });
});
