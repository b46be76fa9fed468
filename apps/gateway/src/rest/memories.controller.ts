import { Controller, Delete, Get, Inject, Param, Query } from '@nestjs/common';
import type { MemoryEntry } from '@hil/language-models';
import { type Actor, may, requireRight } from '@hil/workflow';
import { GATEWAY_DEPENDENCIES, type GatewayDependencies } from '../gateway-dependencies.js';
import { NotFoundError } from './not-found.error.js';
import { CurrentActor, uuid, wholeNumber } from './request-values.js';

/** What is remembered of repositories for later plans: to look at, and to delete. */
@Controller('api/memories')
export class MemoriesController {
  constructor(@Inject(GATEWAY_DEPENDENCIES) private readonly deps: GatewayDependencies) {}

  /** The actor's own entries, or everybody's for who may read all; the newest first. */
  @Get()
  async list(
    @CurrentActor() actor: Actor,
    @Query('repository') repository?: string,
    @Query('limit') limit?: string,
  ) {
    const owner = may(actor, 'read_all') ? null : actor.id;
    const count = wholeNumber('limit', limit, { fallback: 100, max: 1_000 });
    const entries = (await this.deps.memory?.list(owner, repository ?? null, count)) ?? [];
    return entries.map(view);
  }

  @Delete(':id')
  async forget(@CurrentActor() actor: Actor, @Param('id') id: string) {
    requireRight(actor, 'start');
    const entry = await this.deps.memory?.entry(uuid(id, unknown()));
    if (entry == null || (entry.userId !== actor.id && !may(actor, 'read_all'))) throw unknown();
    await this.deps.memory?.forget(entry.id);
    return view(entry);
  }
}

function view({ id, repository, kind, text, runId, createdAt }: MemoryEntry) {
  return {
    memory_id: id,
    repository,
    kind,
    text,
    run_id: runId,
    created_at: createdAt.toISOString(),
  };
}

function unknown(): NotFoundError {
  return new NotFoundError('there is no memory with that id');
}
