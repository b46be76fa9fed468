import type { TestSummary } from '@hil/contracts';

/** One file of the change under verification. Paths are repository paths with forward slashes. */
export interface ChangedFile {
  path: string;
  /** Where a renamed file was before. */
  oldPath?: string;
  status: 'added' | 'modified' | 'deleted' | 'renamed';
  /** Unified diff of this file; empty for binary files. */
  diff: string;
  /** Text at the base; absent for added and binary files. */
  before?: string;
  /** Text at the head; absent for deleted and binary files. */
  after?: string;
}

/** What criteria may look at. */
export interface ChangeFacts {
  files: readonly ChangedFile[];
  tests: TestSummary;
}

/** An added line, by its number in the new file. */
export interface AddedLine {
  line: number;
  text: string;
}

const HUNK = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/** The added lines of a unified diff of one file, without their `+`. */
export function addedLines(diff: string): AddedLine[] {
  const added: AddedLine[] = [];
  let line = 0;
  let oldLeft = 0;
  let newLeft = 0;
  for (const text of diff.split('\n')) {
    const hunk = HUNK.exec(text);
    if (oldLeft <= 0 && newLeft <= 0) {
      // Counting the lines of a hunk keeps a removed "-- x" from looking like a "--- x" header.
      if (hunk === null) continue;
      oldLeft = Number(hunk[1] ?? 1);
      line = Number(hunk[2]);
      newLeft = Number(hunk[3] ?? 1);
    } else if (text.startsWith('+')) {
      added.push({ line, text: text.slice(1) });
      line += 1;
      newLeft -= 1;
    } else if (text.startsWith('-')) {
      oldLeft -= 1;
    } else if (!text.startsWith('\\')) {
      line += 1;
      oldLeft -= 1;
      newLeft -= 1;
    }
  }
  return added;
}
