import type { AgentUpdate } from '@hil/contracts';
import { canonical, sha256 } from './canonical.js';
import type { RecordBody } from './record.js';

type Link = RecordBody['log']['events'][number];

/** What the chain of a run begins with, so that no part of one fits into another. */
export function chainStart(runId: string): string {
  return sha256(`hil-run-record/1 ${runId}`);
}

/** The hash after one more event: over the hash before it and the event's canonical JSON. */
export function nextHash(before: string, event: unknown): string {
  return sha256(`${before}\n${canonical(event)}`);
}

/** Links the events of a run, in their order. */
export function chain(runId: string, events: readonly AgentUpdate[]): RecordBody['log']['events'] {
  let hash = chainStart(runId);
  return events.map((event): Link => {
    hash = nextHash(hash, event);
    return { event: event as Link['event'], hash };
  });
}
