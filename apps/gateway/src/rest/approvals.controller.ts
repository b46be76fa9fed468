import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { CLIENT_EVENTS, HilError } from '@hil/contracts';
import { type Actor, type ApprovalStatus, may } from '@hil/workflow';
import { RateLimiter } from '../access/rate-limiter.js';
import { GATEWAY_DEPENDENCIES, type GatewayDependencies } from '../gateway-dependencies.js';
import { CurrentActor, read, uuid, wholeNumber } from './request-values.js';
import { approvalView, runView } from './views.js';

const { approve_plan, reject_plan, approval_response } = CLIENT_EVENTS;

/** What `approve_plan`, `reject_plan` and `approval_response` carry, without the ids of the route. */
const decisionBody = approve_plan.omit({ session_id: true, plan_id: true }).extend({
  plan_id: approve_plan.shape.plan_id.optional(),
  session_id: approve_plan.shape.session_id.optional(),
  reason: reject_plan.shape.reason.optional(),
  final: reject_plan.shape.final,
  selection: approval_response.shape.selection,
});

const STATUSES: readonly ApprovalStatus[] = ['pending', 'approved', 'rejected', 'void', 'expired'];

/** Approvals that wait, and decisions on them, under the rules of the socket. */
@Controller('api/approvals')
export class ApprovalsController {
  constructor(
    @Inject(GATEWAY_DEPENDENCIES) private readonly deps: GatewayDependencies,
    @Inject(RateLimiter) private readonly limiter: RateLimiter,
  ) {}

  /** Pending ones unless `status` says otherwise; `all` is every one. */
  @Get()
  async list(
    @CurrentActor() actor: Actor,
    @Query('status') status = 'pending',
    @Query('limit') limit?: string,
  ) {
    const known = STATUSES.find((word) => word === status);
    if (known === undefined && status !== 'all') {
      throw new HilError('validation_error', `status must be all or one of ${STATUSES.join(', ')}`);
    }
    const owner = may(actor, 'read_all') ? null : actor.id;
    const count = wholeNumber('limit', limit, { fallback: 50, max: 500 });
    const approvals = await this.deps.storage.approvals(owner, known ?? null, count);
    return approvals.map(approvalView);
  }

  @Get(':id')
  async show(@CurrentActor() actor: Actor, @Param('id') id: string) {
    const approval = await this.deps.storage.approval({ approvalId: uuid(id, unknown()) });
    if (approval === null || (approval.userId !== actor.id && !may(actor, 'read_all'))) {
      throw unknown();
    }
    return approvalView(approval);
  }

  /** Decides, and answers the run as it is then. */
  @Post(':id')
  @HttpCode(200)
  async decide(@CurrentActor() actor: Actor, @Param('id') id: string, @Body() body: unknown) {
    this.limiter.requireMessage(actor.id);
    const approvalId = uuid(id, unknown());
    const { run_id } = await this.deps.commands.decide(actor, {
      ...read(decisionBody, body ?? {}),
      approval_id: approvalId,
    });
    const run = await this.deps.storage.run(run_id);
    if (run === null) throw unknown();
    return runView(run, await this.deps.storage.pendingApproval(run_id));
  }
}

function unknown(): HilError {
  return new HilError('approval_unknown', 'there is no approval with that id');
}
