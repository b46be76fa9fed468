import { describe, expect, it } from '@jest/globals';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { small } from '../../support/repositories.js';
import { approve, startRun } from '../../support/run.js';
import type { World } from '../../support/world.js';

const TOOL = 'node_modules/.bin/prettier';
/** Makes two blanks one, breaks the call of a long name, and changes a file that it was not given. */
const PRETTIER = `#!/usr/bin/env node
const fs = require('node:fs');
const format = (text) =>
  text.replace(/(\\S)  +/g, '$1 ').replace(/^(\\w{10,})\\(1\\);/gm, '$1(\\n  1,\\n);');
if (process.argv.includes('--check')) process.exit(0);
for (const file of process.argv.slice(process.argv.indexOf('--') + 1))
  fs.writeFileSync(file, format(fs.readFileSync(file, 'utf8')));
fs.writeFileSync('src/other.js', 'changed by the formatter\\n');
`;
const MESSAGE = [
  'rename callOne to callNumberOne in src/one.js',
  'create file src/new.js with:',
  '```',
  'export const fresh  =  3;',
  '```',
].join('\n');

const CHANGED = ['src/one.js', 'src/ugly.js', 'src/use.js'];

/** A repository that brings the formatter it configures. */
export function formatterCases(running: () => World): void {
  describe('the formatter that a repository configures', () => {
    it('formats what the run changed, where it was formatted before, and nothing else', async () => {
      const world = running();
      const repository = await world.serve({
        ...small(),
        '.prettierrc': '{}',
        'src/one.js': 'export const one = 1;\nexport const callOne = (n) => n;\n',
        'src/use.js': "import { callOne } from './one.js';\n\ncallOne(1);\n",
        'src/ugly.js': "import { callOne } from './one.js';\n\ncallOne(1);  // ugly\n",
        'src/other.js': 'export const other  =  1;\n',
        [TOOL]: PRETTIER,
      });
      await chmod(join(repository.checkout, TOOL), 0o755);
      await repository.commit({ 'README.md': 'The tool may run.\n' });
      const chat = await world.open();
      const run = await startRun(chat, { message: MESSAGE, repo_url: repository.url });
      const card = await approve(chat, run);
      expect(Object.keys(card.plan.plan[0]?.base_blobs ?? {}).sort()).toEqual(CHANGED);
      expect(card.plan.plan[0]?.base_blobs?.['src/one.js']).toBe(
        await repository.git('rev-parse', 'HEAD:src/one.js'),
      );
      const summary = await chat.summary(run.sessionId);
      expect([summary.outcome, summary.message]).toEqual(['patch_ready', summary.message]);
      expect(summary.files.map(({ path }) => path)).toEqual(['src/new.js', ...CHANGED]);
      const patch = await (await fetch(`${world.deployment.http}${summary.patch_url}`)).text();
      expect(patch.split('\n').filter((line) => /^[+][^+]/.test(line))).toEqual([
        '+export const fresh  =  3;',
        '+export const callNumberOne = (n) => n;',
        "+import { callNumberOne } from './one.js';",
        '+callNumberOne(1);  // ugly',
        "+import { callNumberOne } from './one.js';",
        '+callNumberOne(',
        '+  1,',
        '+);',
      ]);
      const said = chat
        .of(run.sessionId, 'log')
        // Lines that came together are one entry.
        .flatMap(({ message }) => message.split('\n'))
        .filter((line) => line.startsWith('formatter: '));
      expect(said).toEqual([
        'formatter: prettier on 3 files, 1 changed by it; left alone, since it was not formatted before: src/ugly.js (task-1; .prettierrc configures it)',
        'formatter: prettier not run: task-2 writes what it is told, as it is told',
      ]);
    });
  });
}
