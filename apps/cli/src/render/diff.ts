import type { CodeChange } from '@hil/contracts';
import { indent, plain, type Colours } from './terminal-text.js';

const MARKS = { added: 'A', modified: 'M', deleted: 'D', renamed: 'R' } as const;

/** A changed file with its coloured diff. */
export function renderCodeChange(change: CodeChange, colours: Colours): string {
  const from = change.old_file === undefined ? '' : ` (from ${plain(change.old_file)})`;
  const head = colours.bold(`  ${MARKS[change.status]} ${plain(change.file)}${from}`);
  const cut = change.truncated === true ? `\n${colours.dim('    ... the diff is cut')}` : '';
  return `${head}\n${indent(renderDiff(change.diff, colours), 4)}${cut}`;
}

/** A unified diff: added green, removed red, hunk headers cyan, file headers left out. */
export function renderDiff(diff: string, colours: Colours): string {
  const lines = plain(diff).replace(/\n$/, '').split('\n');
  const first = lines.findIndex((line) => line.startsWith('@@'));
  return lines
    .slice(Math.max(first, 0))
    .map((line) => {
      if (line.startsWith('@@')) return colours.cyan(line);
      if (line.startsWith('+')) return colours.green(line);
      if (line.startsWith('-')) return colours.red(line);
      return colours.dim(line);
    })
    .join('\n');
}
