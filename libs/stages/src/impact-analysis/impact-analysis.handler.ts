import { type Impact, type StageJob } from '@hil/contracts';
import { assessImpact } from '@hil/knowledge-graph';
import { type StageJobContext } from '@hil/messaging';
import {
  type StageContext,
  type StageExecutor,
  type StageHandler,
  type StageResult,
} from '@hil/workflow';
import { Controller, Inject } from '@nestjs/common';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import { graphAt } from '../shared/project-graph.js';
import { listed, required } from '../shared/requirements.js';
import { STAGE_EXECUTOR, STAGE_SERVICES, type StageServices } from '../shared/stage-services.js';
import { targetsIn } from '../shared/targets.js';

/** Says what depends on the targets, and how risky that makes the change. */
@Controller()
export class ImpactAnalysisHandler implements StageHandler {
  readonly stage = 'impact_analysis';

  constructor(
    @Inject(STAGE_SERVICES) private readonly services: StageServices,
    @Inject(STAGE_EXECUTOR) private readonly executor: StageExecutor,
  ) {}

  @MessagePattern('impact_analysis')
  handle(@Payload() job: StageJob, @Ctx() { signal }: StageJobContext): Promise<void> {
    return this.executor.execute(job, this, signal);
  }

  async run(context: StageContext): Promise<StageResult> {
    const intent = required(context, 'intent');
    const graph = await graphAt(this.services, context, required(context, 'repository').baseSha);
    const { paths, symbols } = targetsIn(graph, intent.target_modules);
    const impact = assessImpact(graph, { targets: paths, symbols });
    report(context, impact);
    return { event: { type: 'impact_assessed', impact } };
  }
}

function report(context: StageContext, impact: Impact): void {
  const { counts } = impact;
  context.log(
    `${counts.impacted} modules depend on the targets, ${counts.callers} callers, ${counts.endpoints} endpoints, ${counts.affected_tests} test files`,
  );
  const near = impact.impacted.map(({ path, depth }) => `${path} (depth ${depth})`);
  if (near.length > 0) context.log(`impacted: ${listed(near)}`);
  const deepest = impact.impacted.reduce((most, { depth }) => Math.max(most, depth), 0);
  if (deepest > 0) context.log(`the reach ends ${deepest} steps away`);
  const callers = impact.callers.map(
    ({ path, line, symbol }) =>
      `${path}${line === undefined ? '' : `:${line}`}${symbol === undefined ? '' : ` (${symbol})`}`,
  );
  if (callers.length > 0) context.log(`callers: ${listed(callers)}`);
  const endpoints = impact.endpoints.map(({ method, path }) => `${method} ${path}`);
  if (endpoints.length > 0) context.log(`endpoints: ${listed(endpoints)}`);
  if (impact.affected_tests.length > 0)
    context.log(`affected tests: ${listed(impact.affected_tests)}`);
  context.log(`risk: ${impact.risk}, ${impact.score} of 100`);
  for (const reason of impact.reasons) context.log(`risk: ${reason}`);
}
