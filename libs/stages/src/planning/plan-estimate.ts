import type { Overlay } from '@hil/code-editing';
import type { PlanTask } from '@hil/contracts';
import { costOf } from '@hil/language-models';
import { tokensOf } from '../shared/model-context.js';

/** What a task of editing takes, as a rule of thumb: calls, tokens around the files, seconds a call. */
const CALLS = 6;
const AROUND_TOKENS = 2_500;
const SECONDS = 10;

/** What carrying out a plan will about take. Files count once a call, since they stay in the conversation. */
export async function planEstimate(
  tasks: readonly PlanTask[],
  overlay: Overlay,
  model: string,
): Promise<{ cost_usd: number; minutes: number; known: boolean }> {
  let input = 0;
  let output = 0;
  for (const { files } of tasks) {
    let size = 0;
    for (const path of files) size += tokensOf((await overlay.tryRead(path)) ?? '');
    input += CALLS * (AROUND_TOKENS + size);
    output += 800 + Math.round(size * 0.3);
  }
  const cost = await costOf(model, { input, output, cacheRead: 0, cacheWrite: 0 });
  return {
    cost_usd: Math.round((cost ?? 0) * 10_000) / 10_000,
    minutes: Math.max(1, Math.round((tasks.length * CALLS * SECONDS) / 60)),
    known: cost !== null,
  };
}
