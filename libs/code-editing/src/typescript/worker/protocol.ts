import type { TextEdit } from '../../text/text-edit.js';

/** A question to the TypeScript worker about the files of a worktree. Paths are repository paths. */
export interface WorkerRequest {
  /** Absolute path of the worktree. */
  root: string;
  /** Every file of the repository. */
  files: readonly string[];
  /** Texts that differ from the disk; null means deleted. */
  overrides: readonly (readonly [string, string | null])[];
  task:
    | { kind: 'rename'; path: string; symbol: string; newName: string }
    | { kind: 'unused_export'; path: string; symbol: string }
    | { kind: 'move'; path: string; to: string };
}

/** The edits of one file. */
export interface FileEdits {
  path: string;
  edits: TextEdit[];
}

/** `refused` is a sentence for the person. */
export type WorkerResponse =
  { ok: true; files: FileEdits[]; notes: string[] } | { ok: false; refused: string };
