import { HilError, type ProjectGraph, type StageJob } from '@hil/contracts';
import { type QueryRecipe, isQueryRecipe, parseRecipes } from '@hil/language-models';
import { type StageJobContext } from '@hil/messaging';
import {
  type RunRepository,
  type StageContext,
  type StageExecutor,
  type StageHandler,
  type StageResult,
} from '@hil/workflow';
import { Controller, Inject } from '@nestjs/common';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import { repositoryOf } from '../intent-extraction/repository-question.js';
import { graphArtifact, readProjectGraph } from '../shared/project-graph.js';
import { listed, required } from '../shared/requirements.js';
import { RunModels, isModelRun, withinBudget } from '../shared/run-models.js';
import { STAGE_EXECUTOR, STAGE_SERVICES, type StageServices } from '../shared/stage-services.js';
import { targetsIn } from '../shared/targets.js';
import { answerQuery, drawScope } from './answer-query.js';
import { modelAnswer } from './model-answer.js';

/** Fetches the repository, pins the commit that the run is about, and reads its graph. */
@Controller()
export class PkgQueryHandler implements StageHandler {
  readonly stage = 'pkg_query';

  constructor(
    @Inject(STAGE_SERVICES) private readonly services: StageServices,
    @Inject(STAGE_EXECUTOR) private readonly executor: StageExecutor,
  ) {}

  @MessagePattern('pkg_query')
  handle(@Payload() job: StageJob, @Ctx() { signal }: StageJobContext): Promise<void> {
    return this.executor.execute(job, this, signal);
  }

  async run(context: StageContext): Promise<StageResult> {
    const repository = await this.fetch(context);
    // Later parts of this stage, and another attempt, see the same commit.
    await context.checkpoint({ context: { repository } });
    const pinned = withRepository(context, repository);
    const graph = await this.services.repositories.withWorktree(
      pinned,
      repository.baseSha,
      (worktree) => readProjectGraph(this.services, pinned, worktree, repository.baseSha),
    );
    this.services.recentGraphs.put(context.run.id, graph);
    report(context, graph);
    if (isModelRun(this.services, context)) {
      const { category, target_modules } = required(context, 'intent');
      if (category === 'diagram_request') {
        const update = drawScope(graph, target_modules);
        return { event: { type: 'answered', message: 'Drawn from the graph.', updates: [update] } };
      }
      if (category === 'informational_query') {
        return withinBudget(() => this.answerByModel(pinned, graph));
      }
    } else {
      const queries = parseRecipes(context.run.request.message).recipes.filter(isQueryRecipe);
      if (queries.length > 0) return answered(queries, graph);
    }
    const { modules, symbols, edges, project } = graph;
    return {
      event: {
        type: 'graph_read',
        repository,
        graph: {
          modules: modules.length,
          symbols: symbols.length,
          edges: edges.length,
          languages: project.languages,
        },
      },
      artifacts: [await graphArtifact(graph)],
    };
  }

  private async answerByModel(context: StageContext, graph: ProjectGraph): Promise<StageResult> {
    const { baseSha } = required(context, 'repository');
    const { answer, artifact } = await this.services.repositories.withWorktree(
      context,
      baseSha,
      (worktree) =>
        modelAnswer({
          context,
          services: this.services,
          models: new RunModels(this.services, context),
          worktree,
          graph,
          sha: baseSha,
        }),
    );
    return {
      event: {
        type: 'answered',
        message: 'Answered.',
        updates: [{ type: 'query_response', data: answer }],
      },
      artifacts: [artifact],
    };
  }

  private async fetch(context: StageContext): Promise<RunRepository> {
    const known = context.run.context.repository;
    if (known !== undefined) return known;
    const text = repositoryOf(context);
    if (text === undefined) throw new HilError('validation_error', 'no repository was named');
    const { repositories } = this.services;
    const address = repositories.parse(text);
    const { base_branch } = context.run.request;
    const shown = address.kind === 'local' ? address.path : address.url;
    context.log(`fetching ${shown}`);
    const synced = await repositories.mirrors.sync(address, {
      ...(base_branch === undefined ? {} : { branch: base_branch }),
      signal: context.signal,
    });
    await repositories.mirrors.pin(address, context.run.id, synced.baseSha);
    context.log(`${synced.baseBranch} is at ${synced.baseSha.slice(0, 12)}`);
    const uncommitted = synced.uncommitted ?? 0;
    if (uncommitted > 0) {
      context.log(
        `${uncommitted} files of ${shown} have uncommitted changes; they are not part of this run`,
        'warning',
      );
    }
    return {
      kind: address.kind,
      address: shown,
      baseBranch: synced.baseBranch,
      baseSha: synced.baseSha,
      uncommitted,
    };
  }
}

function withRepository(context: StageContext, repository: RunRepository): StageContext {
  return { ...context, run: { ...context.run, context: { ...context.run.context, repository } } };
}

function report(context: StageContext, graph: ProjectGraph): void {
  const { languages } = graph.project;
  context.log(
    `${graph.modules.length} modules, ${graph.symbols.length} symbols (${listed(languages) || 'no known language'})`,
  );
  const { frameworks } = graph.project;
  if (frameworks.length > 0) context.log(`frameworks: ${listed(frameworks)}`);
  const endpoints = graph.endpoints.map(({ method, path }) => `${method} ${path}`);
  if (endpoints.length > 0) context.log(`${endpoints.length} endpoints: ${listed(endpoints, 5)}`);
  const skipped = graph.project.metadata['skipped'];
  if (Array.isArray(skipped) && skipped.length > 0) {
    context.log(
      `${skipped.length} files were not read into the graph (too large, binary or not parseable)`,
      'warning',
    );
  }
  const { paths, symbols, unknown } = targetsIn(graph, required(context, 'intent').target_modules);
  if (paths.length > 0) context.log(`targets: ${listed(paths)}`);
  if (symbols.length > 0) context.log(`symbols: ${listed(symbols)}`);
  if (unknown.length > 0) context.log(`not in the graph: ${listed(unknown)}`, 'warning');
}

async function answered(
  queries: readonly QueryRecipe[],
  graph: ProjectGraph,
): Promise<StageResult> {
  const updates = queries.map((query) => answerQuery(query, graph));
  const message =
    updates.length === 1
      ? 'Answered from the graph.'
      : `Answered ${updates.length} questions from the graph.`;
  return { event: { type: 'answered', message, updates }, artifacts: [await graphArtifact(graph)] };
}
