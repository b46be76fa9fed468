import type { PullRequestFollower } from '@hil/stages';
import type { EffectLedger, WorkflowLog } from '@hil/workflow';

/** How often it is looked whether a pull request is due, in ms; a webhook waits at most this long. */
const TICK_MS = 2_000;
const AT_ONCE = 5;
/** How long one look may take, in ms. */
const LOOK_MS = 120_000;

/** Looks at open pull requests when they are due. Any number of processes may do it: each gets others. */
export class FollowUpLoop {
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<void> = Promise.resolve();
  private readonly stopped = new AbortController();

  constructor(
    private readonly effects: EffectLedger,
    private readonly follower: PullRequestFollower,
    private readonly pollSeconds: number,
    private readonly log: WorkflowLog,
  ) {}

  start(): void {
    this.timer = setTimeout(() => {
      this.working = this.round().finally(() => {
        if (!this.stopped.signal.aborted) this.start();
      });
    }, TICK_MS);
  }

  async stop(): Promise<void> {
    this.stopped.abort(new Error('the process ends'));
    clearTimeout(this.timer);
    await this.working;
  }

  private async round(): Promise<void> {
    try {
      for (const change of await this.effects.due(this.pollSeconds, AT_ONCE)) {
        const signal = AbortSignal.any([this.stopped.signal, AbortSignal.timeout(LOOK_MS)]);
        try {
          await this.follower.look(change, signal);
        } catch (error) {
          if (this.stopped.signal.aborted) return;
          this.log.warn(
            { pullRequest: change.prUrl, err: error },
            'a pull request was not followed',
          );
        }
      }
    } catch (error) {
      this.log.warn({ err: error }, 'pull requests are not followed for the moment');
    }
  }
}
