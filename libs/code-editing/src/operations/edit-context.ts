import type { ProjectGraph } from '@hil/contracts';
import type { Overlay } from '../overlay/overlay.js';

/** What operations that look beyond one file need. */
export interface EditContext {
  overlay: Overlay;
  /** Tracked paths at the base, with forward slashes. */
  files: readonly string[];
  graph: ProjectGraph;
  signal: AbortSignal;
}

/** The files of the repository with the edits made so far. */
export function currentFiles({ overlay, files }: Pick<EditContext, 'overlay' | 'files'>): string[] {
  const all = new Set(files);
  for (const [path, text] of overlay.overrides()) {
    if (text === null) all.delete(path);
    else all.add(path);
  }
  return [...all];
}
