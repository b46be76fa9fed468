import type { AgentUpdate } from '@hil/contracts';

const frames = new WeakMap<AgentUpdate, string>();

/** The frame of an update as it goes to a client; made once, however many clients get it. */
export function frameOf(update: AgentUpdate): string {
  const known = frames.get(update);
  if (known !== undefined) return known;
  const frame = JSON.stringify({ event: 'agent_update', data: update });
  frames.set(update, frame);
  return frame;
}
