/** A file of a commit: mode and object id; null where it is not there. */
export type FileState = { mode: string; blob: string } | null;

/** Reads `diff-tree --raw --no-renames -z`: each changed path with how it is after. */
export function parseStates(raw: string): Map<string, FileState> {
  const states = new Map<string, FileState>();
  const parts = raw.split('\0');
  for (let index = 0; index + 1 < parts.length; index += 2) {
    const match = /^:\d+ (\d+) \S+ (\S+) [A-Z]/.exec(parts[index] ?? '');
    if (match === null) break;
    const [, mode = '', blob = ''] = match;
    states.set(parts[index + 1] ?? '', mode === '000000' ? null : { mode, blob });
  }
  return states;
}

/** What `update-index -z --index-info` reads. */
export function indexInfo(states: ReadonlyMap<string, FileState>): string {
  return [...states]
    .map(([path, state]) =>
      state === null ? `0 ${'0'.repeat(40)}\t${path}\0` : `${state.mode} ${state.blob}\t${path}\0`,
    )
    .join('');
}
