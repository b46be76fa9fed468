/** A file of a commit, as `Worktree.listFiles` names it. */
interface TrackedFile {
  path: string;
  blob: string;
}

/** The `base_blobs` of a task: git's id of each of its files that the base commit has. */
export function baseBlobs(
  paths: readonly string[],
  tracked: readonly TrackedFile[],
): Record<string, string> {
  const wanted = new Set(paths);
  return Object.fromEntries(
    tracked.filter(({ path }) => wanted.has(path)).map(({ path, blob }) => [path, blob]),
  );
}
