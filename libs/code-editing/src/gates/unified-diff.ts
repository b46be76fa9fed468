import { createTwoFilesPatch } from 'diff';
import type { FileChange } from '../overlay/overlay-changes.js';

export const MAX_DIFF_BYTES = 200 * 1024;

/** The `code_change` fields of one file. */
export interface FileDiff {
  file: string;
  status: FileChange['status'];
  /** Unified, with git's extended header; cut at a line border when it is over 200 KiB. */
  diff: string;
  truncated: boolean;
  additions: number;
  deletions: number;
}

/**
 * The unified diff of a changed file, as `git apply` reads it.
 * @param maxBytes where it is cut; default 200 KiB
 */
export function unifiedDiff(change: FileChange, maxBytes = MAX_DIFF_BYTES): FileDiff {
  const old = change.from ?? change.path;
  const mode = change.mode & 0o111 ? '100755' : '100644';
  const head = [`diff --git a/${old} b/${change.path}`];
  if (change.status === 'added') head.push(`new file mode ${mode}`);
  if (change.status === 'deleted') head.push('deleted file mode 100644');
  if (change.status === 'renamed') head.push(`rename from ${old}`, `rename to ${change.path}`);
  const patch = createTwoFilesPatch(
    change.status === 'added' ? '/dev/null' : `a/${old}`,
    change.status === 'deleted' ? '/dev/null' : `b/${change.path}`,
    change.before ?? '',
    change.after ?? '',
    undefined,
    undefined,
    { context: 3 },
  );
  // The library's first line is a separator that git does not write; without hunks there is no body.
  const body = patch.includes('\n@@ ')
    ? patch
        .replace(/^(?:Index:[^\n]*\n)?=+\n/, '')
        .replace(/^(---|\+\+\+) ([^\t\n]*)\t?\n/gm, '$1 $2\n')
    : '';
  const whole = `${head.join('\n')}\n${body}`;
  const counts = { additions: 0, deletions: 0 };
  for (const line of body.slice(Math.max(0, body.indexOf('\n@@ '))).split('\n')) {
    if (line.startsWith('+')) counts.additions += 1;
    else if (line.startsWith('-')) counts.deletions += 1;
  }
  const truncated = Buffer.byteLength(whole) > maxBytes;
  return {
    file: change.path,
    status: change.status,
    diff: truncated ? cut(whole, maxBytes) : whole,
    truncated,
    ...counts,
  };
}

function cut(diff: string, maxBytes: number): string {
  const text = Buffer.from(diff).subarray(0, maxBytes).toString('utf8');
  return text.slice(0, text.lastIndexOf('\n') + 1);
}
