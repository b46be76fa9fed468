import { Controller, Get, Inject, Param, StreamableFile } from '@nestjs/common';
import { HilError } from '@hil/contracts';
import { type Actor, type Run, may } from '@hil/workflow';
import { GATEWAY_DEPENDENCIES, type GatewayDependencies } from '../gateway-dependencies.js';
import { NotFoundError } from './not-found.error.js';
import { Raw } from './raw.decorator.js';
import { CurrentActor, uuid } from './request-values.js';
import { runView } from './views.js';

/** Runs and the files they made. */
@Controller('api/runs')
export class RunsController {
  constructor(@Inject(GATEWAY_DEPENDENCIES) private readonly deps: GatewayDependencies) {}

  @Get(':id')
  async show(@CurrentActor() actor: Actor, @Param('id') id: string) {
    const run = await this.visible(actor, id);
    return runView(run, await this.deps.storage.pendingApproval(run.id));
  }

  /** The change as a patch for `git apply`. */
  @Get(':id/patch')
  @Raw()
  async patch(@CurrentActor() actor: Actor, @Param('id') id: string): Promise<StreamableFile> {
    return this.download(actor, id, 'patch');
  }

  /** The commits as a git bundle. */
  @Get(':id/bundle')
  @Raw()
  async bundle(@CurrentActor() actor: Actor, @Param('id') id: string): Promise<StreamableFile> {
    return this.download(actor, id, 'bundle');
  }

  /** The signed record of an ended run, to be verified anywhere with `hil verify-record`. */
  @Get(':id/record')
  @Raw()
  async record(@CurrentActor() actor: Actor, @Param('id') id: string): Promise<StreamableFile> {
    const run = await this.visible(actor, id);
    const content = await this.deps.records.of(run);
    return new StreamableFile(content, {
      type: 'application/json',
      length: content.length,
      disposition: `attachment; filename="hil-${run.id.slice(0, 8)}.record.json"`,
    });
  }

  private async download(
    actor: Actor,
    id: string,
    kind: 'patch' | 'bundle',
  ): Promise<StreamableFile> {
    const run = await this.visible(actor, id);
    // A revision that was sent back leaves the files of its edits behind; they are nobody's change any more.
    const { revisions, edit } = run.context;
    const replanned = revisions !== undefined && (edit?.commits.length ?? 0) === 0;
    const artifact = replanned ? null : await this.deps.storage.artifact(run.id, kind);
    if (artifact === null) throw new NotFoundError('this run has changed nothing so far');
    return new StreamableFile(artifact.content, {
      type: artifact.mediaType,
      length: artifact.size,
      disposition: `attachment; filename="hil-${run.id.slice(0, 8)}.${kind}"`,
    });
  }

  private async visible(actor: Actor, id: string): Promise<Run> {
    const unknown = new HilError('run_unknown', 'there is no such run');
    const run = await this.deps.storage.run(uuid(id, unknown));
    if (run === null || (run.userId !== actor.id && !may(actor, 'read_all'))) throw unknown;
    return run;
  }
}
