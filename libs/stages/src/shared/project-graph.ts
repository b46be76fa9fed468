import { gunzipSync, gzipSync } from 'node:zlib';
import type { ProjectGraph } from '@hil/contracts';
import { type InputFile, buildGraph } from '@hil/knowledge-graph';
import type { Worktree } from '@hil/version-control';
import type { NewArtifact, StageContext } from '@hil/workflow';
import { requireProjectPath } from './project-path.js';
import type { StageServices } from './stage-services.js';

/** Progress lines come at most this often, in ms. */
const PROGRESS_EVERY_MS = 1_000;

/**
 * Builds the graph of one commit from an open tree. Files known to the cache are not read.
 * `project_path` narrows it to a folder of a monorepo. TypeScript's checker, which takes seconds, is
 * asked for the base alone, of which people are told; not for every step of a plan or an edit.
 */
export async function readProjectGraph(
  services: StageServices,
  context: StageContext,
  worktree: Worktree,
  sha: string,
): Promise<ProjectGraph> {
  const folder = requireProjectPath(context.run.request.project_path);
  const tracked = await worktree.listFiles(sha);
  const files: InputFile[] = tracked
    .filter(({ path }) => path.startsWith(folder))
    .map(({ path, blob, size, mode }) => ({
      path,
      blobId: blob,
      size,
      read: () => worktree.readFile(sha, path),
      ...(mode.startsWith('100') ? {} : { notRead: kindOfEntry(mode) }),
    }));
  const began = Date.now();
  let reported = began;
  return buildGraph({
    files,
    project: { name: projectName(context), gitSha: sha, rootPath: folder },
    ...(services.graphCache === null ? {} : { cache: services.graphCache }),
    signal: context.signal,
    rootDir: worktree.path,
    checker: sha === context.run.context.repository?.baseSha ? 'auto' : 'off',
    onProgress: ({ done, total }) => {
      if (Date.now() - reported < PROGRESS_EVERY_MS) return;
      reported = Date.now();
      const left = Math.ceil((((reported - began) / Math.max(done, 1)) * (total - done)) / 1_000);
      context.log(`read ${done} of ${total} files, about ${left} s left`);
    },
  });
}

/** What a tracked entry is that is not a file of its own, by its git mode. */
function kindOfEntry(mode: string): string {
  if (mode === '120000') return 'symbolic link';
  return mode === '160000' ? 'submodule' : `entry of mode ${mode}`;
}

/** The graph as an artifact, so that later stages of the run need not build it again. */
export function graphArtifact(graph: ProjectGraph): NewArtifact {
  return {
    kind: 'graph',
    mediaType: 'application/gzip',
    content: gzipSync(JSON.stringify(graph), { level: 3 }),
  };
}

/** The graph of a commit: as stored by `pkg_query` when it is of that commit, else built (again). */
export async function graphAt(
  services: StageServices,
  context: StageContext,
  sha: string,
  worktree?: Worktree,
): Promise<ProjectGraph> {
  const artifact = await context.artifact('graph');
  if (artifact !== null) {
    const stored = JSON.parse(gunzipSync(artifact.content).toString('utf8')) as ProjectGraph;
    if (stored.gitSha === sha) return stored;
  }
  if (worktree !== undefined) return readProjectGraph(services, context, worktree, sha);
  return services.repositories.withWorktree(context, sha, (opened) =>
    readProjectGraph(services, context, opened, sha),
  );
}

function projectName(context: StageContext): string {
  const address = context.run.context.repository?.address ?? context.run.request.repo_url ?? '';
  const last = address.replace(/\/+$/, '').split('/').at(-1) ?? '';
  return last.replace(/\.git$/, '') || 'project';
}
