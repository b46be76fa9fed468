import { BaseRpcContext } from '@nestjs/microservices';

/** What a stage handler gets besides the job: `@Ctx() context: StageJobContext`. */
export class StageJobContext extends BaseRpcContext<[signal: AbortSignal, jobId: string]> {
  /** Aborts when the worker shuts down and can wait no longer. */
  get signal(): AbortSignal {
    return this.args[0];
  }

  /** `run-version-dispatch` */
  get jobId(): string {
    return this.args[1];
  }
}
