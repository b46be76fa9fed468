import type { StageContext } from '@hil/workflow';
import { modelGoalCheck } from '../intent-extraction/model-intent.js';
import type { RunModels } from '../shared/run-models.js';

/** Thrown when the person now wants something that the approved plan is not. */
export class GoalChanged extends Error {
  constructor(readonly said: string) {
    super(`the goal changed: ${said}`);
    this.name = 'GoalChanged';
  }
}

/** What the person says while the model edits: heard once, at the next step. */
export class Steering {
  private seen: number;

  constructor(
    private readonly context: StageContext,
    private readonly models: RunModels,
  ) {
    this.seen = context.run.context.steeringSeen ?? 0;
  }

  /**
   * The messages that came since the last time, for the model.
   * @throws GoalChanged when they ask for something else than what was approved
   */
  async heard(): Promise<string[]> {
    const all = await this.context.steering();
    const fresh = all.slice(this.seen);
    if (fresh.length === 0) return [];
    const { changes_goal: changed = false } = await modelGoalCheck(
      this.context,
      this.models,
      fresh,
    );
    if (changed) throw new GoalChanged(fresh.join('\n'));
    this.seen = all.length;
    await this.context.checkpoint({ context: { steeringSeen: this.seen } });
    this.context.log(`the model hears: ${fresh.join(' / ')}`);
    return fresh.map((text) => `The person says: ${text}`);
  }
}
