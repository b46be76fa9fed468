import { setTimeout as delay } from 'node:timers/promises';
import {
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  Res,
  type StreamableFile,
} from '@nestjs/common';
import {
  CLIENT_EVENTS,
  type GraphOptions,
  HilError,
  type ProjectGraph,
  graphOptionsSchema,
  graphRequestSchema,
  isFinal,
} from '@hil/contracts';
import { type LegacyGraph, legacyGraph, shapeGraph } from '@hil/knowledge-graph';
import type { Actor, Run } from '@hil/workflow';
import type { Response } from 'express';
import { RateLimiter } from '../access/rate-limiter.js';
import { GATEWAY_DEPENDENCIES, type GatewayDependencies } from '../gateway-dependencies.js';
import { type GraphJob, graphJob, storedGraph, unknownJob, visibleJob } from './graph-jobs.js';
import type { SuccessEnvelope } from './envelope.js';
import { streamedJson } from './json-stream.js';
import { NotFoundError } from './not-found.error.js';
import { Raw } from './raw.decorator.js';
import { CurrentActor, read, uuid } from './request-values.js';

/** How long a request waits for a graph before it answers 202, in ms; `Prefer: wait=N` changes it, in s. */
const PATIENCE_MS = 20_000;
const MAX_PATIENCE_MS = 120_000;
const LOOK_EVERY_MS = 150;
/** A recipe: it needs no model, and reads the graph first. */
const QUESTION = 'what is this project';

type Graph = ProjectGraph | LegacyGraph;

/** Graphs of repositories, for clients that only want these. */
@Controller()
export class GraphController {
  constructor(
    @Inject(GATEWAY_DEPENDENCIES) private readonly deps: GatewayDependencies,
    @Inject(RateLimiter) private readonly limiter: RateLimiter,
  ) {}

  /** Answers the graph, or 202 with a job when asked with `Prefer: respond-async` or when it takes long. */
  @Post('clone-and-generate')
  @HttpCode(200)
  @Raw()
  async generate(
    @CurrentActor() actor: Actor,
    @Body() body: unknown,
    @Query() query: unknown,
    @Headers('prefer') prefer: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StreamableFile> {
    this.limiter.requireMessage(actor.id);
    const options = read(graphOptionsSchema, query ?? {});
    const request = read(graphRequestSchema, body ?? {});
    const { run_id } = await this.deps.commands.chat(
      actor,
      read(CLIENT_EVENTS.chat_message, { ...request, message: QUESTION }),
    );
    const run = await this.ended(run_id, patience(prefer));
    if (run !== null) return success(await this.resultOf(run, options));
    response.status(202).setHeader('Location', `/api/jobs/${run_id}?${queryOf(options)}`);
    if (respondsAsync(prefer)) response.setHeader('Preference-Applied', 'respond-async');
    const visible = await visibleJob(this.deps.storage, actor, run_id);
    return success(await graphJob(this.deps.storage, visible));
  }

  /** How far a job is; `result` is the graph once it is completed, in the shape the query asks for. */
  @Get('api/jobs/:id')
  @Raw()
  async job(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Query() query: unknown,
  ): Promise<StreamableFile> {
    const { storage } = this.deps;
    const run = await visibleJob(storage, actor, uuid(id, unknownJob()));
    const job = await graphJob(storage, run);
    if (job.status !== 'completed') return success(job);
    const result = await this.resultOf(run, read(graphOptionsSchema, query ?? {}));
    return success({ ...job, result });
  }

  /** The run once it has ended; null when patience runs out first. */
  private async ended(runId: string, patienceMs: number): Promise<Run | null> {
    for (const until = Date.now() + patienceMs; Date.now() < until;) {
      const run = await this.deps.storage.run(runId);
      if (run !== null && isFinal(run.state)) return run;
      await delay(LOOK_EVERY_MS);
    }
    return null;
  }

  private async resultOf(run: Run, options: GraphOptions): Promise<Graph> {
    const { storage } = this.deps;
    if (run.state !== 'completed') {
      const { error } = await graphJob(storage, run);
      throw new HilError(
        error?.code ?? 'run_ended',
        error?.message ?? `the run ended as ${run.state}`,
      );
    }
    const graph = await storedGraph(storage, run.id);
    if (graph === null) throw new NotFoundError('this run has made no graph');
    if (options.format === 'legacy') return legacyGraph(graph);
    return shapeGraph(graph, {
      generateSummaries: options.generate_summaries,
      fanThreshold: options.fan_threshold,
      includeFeatures: options.include_features,
    });
  }
}

/** The envelope of all routes, written piece by piece: a graph may be longer than one text can be. */
function success(data: Graph | (GraphJob & { result?: Graph })): StreamableFile {
  return streamedJson({ status: 'success', data } satisfies SuccessEnvelope);
}

/** RFC 7240: `respond-async` does not wait, `wait=N` waits N seconds. */
function patience(prefer = ''): number {
  if (respondsAsync(prefer)) return 0;
  const seconds = /\bwait=(\d{1,4})\b/i.exec(prefer)?.[1];
  return seconds === undefined ? PATIENCE_MS : Math.min(Number(seconds) * 1_000, MAX_PATIENCE_MS);
}

function respondsAsync(prefer = ''): boolean {
  return /\brespond-async\b/i.test(prefer);
}

function queryOf(options: GraphOptions): string {
  return Object.entries(options)
    .map(([key, value]) => `${key}=${value}`)
    .join('&');
}
