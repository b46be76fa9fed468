import type { ProjectGraph } from '@hil/contracts';
import { type InputFile, buildGraph, packGraph, unpackGraph } from '@hil/knowledge-graph';
import type { Worktree } from '@hil/version-control';
import type { NewArtifact, StageContext } from '@hil/workflow';
import { requireProjectPath } from './project-path.js';
import { ReadingProgress, counted } from './reading-progress.js';
import type { StageServices } from './stage-services.js';
import { readTracked } from './tracked-file.js';

/** What comes after reading is told from this many files on: below, it takes a moment. */
const TOLD_FROM_FILES = 1_000;
const PHASES = {
  linking: 'resolving the imports of',
  checking: "asking TypeScript's checker about the calls of",
} as const;

/**
 * Builds the graph of one commit from an open tree. Files known to the cache are not read.
 * `project_path` narrows it to a folder of a monorepo. TypeScript's checker, which takes seconds, is
 * asked for the base alone, of which people are told; not for every step of a plan or an edit.
 */
export async function readProjectGraph(
  services: Pick<StageServices, 'graphCache' | 'graphMemory'>,
  context: Pick<StageContext, 'log' | 'signal'> & {
    run: Pick<StageContext['run'], 'request' | 'context'>;
  },
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
      read: () => readTracked(worktree, sha, { path, blob, size }),
      ...(mode.startsWith('100') ? {} : { notRead: kindOfEntry(mode) }),
    }));
  const progress = new ReadingProgress();
  return buildGraph({
    files,
    project: { name: projectName(context), gitSha: sha, rootPath: folder },
    ...(services.graphCache === null ? {} : { cache: services.graphCache }),
    signal: context.signal,
    rootDir: worktree.path,
    memoryMb: services.graphMemory.graphMb,
    checkerMemoryMb: services.graphMemory.checkerMb,
    checker: sha === context.run.context.repository?.baseSha ? 'auto' : 'off',
    onProgress: (counts) => {
      const line = progress.line(counts);
      if (line !== null) context.log(line);
    },
    onPhase: (phase, count) => {
      if (count >= TOLD_FROM_FILES) context.log(`${PHASES[phase]} ${counted(count)} files`);
    },
  });
}

/** What a tracked entry is that is not a file of its own, by its git mode. */
function kindOfEntry(mode: string): string {
  if (mode === '120000') return 'symbolic link';
  return mode === '160000' ? 'submodule' : `entry of mode ${mode}`;
}

/** The graph as an artifact, so that later stages of the run need not build it again. */
export async function graphArtifact(graph: ProjectGraph): Promise<NewArtifact> {
  return { kind: 'graph', mediaType: 'application/gzip', content: await packGraph(graph) };
}

/**
 * The graph of a commit: as an earlier stage in this process had it, as stored by `pkg_query` when it is of
 * that commit, else built (again).
 */
export async function graphAt(
  services: StageServices,
  context: StageContext,
  sha: string,
  worktree?: Worktree,
): Promise<ProjectGraph> {
  const { recentGraphs } = services;
  const recent = recentGraphs.get(context.run.id, sha);
  if (recent !== undefined) return recent;
  const graph =
    (await storedGraph(context, sha)) ??
    (worktree === undefined
      ? await services.repositories.withWorktree(context, sha, (opened) =>
          readProjectGraph(services, context, opened, sha),
        )
      : await readProjectGraph(services, context, worktree, sha));
  recentGraphs.put(context.run.id, graph);
  return graph;
}

async function storedGraph(context: StageContext, sha: string): Promise<ProjectGraph | null> {
  const artifact = await context.artifact('graph');
  if (artifact === null) return null;
  const stored = await unpackGraph(artifact.content);
  return stored.gitSha === sha ? stored : null;
}

function projectName(context: { run: Pick<StageContext['run'], 'request' | 'context'> }): string {
  const address = context.run.context.repository?.address ?? context.run.request.repo_url ?? '';
  const last = address.replace(/\/+$/, '').split('/').at(-1) ?? '';
  return last.replace(/\.git$/, '') || 'project';
}
