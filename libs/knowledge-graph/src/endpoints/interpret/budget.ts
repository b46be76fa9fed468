const MAX_DEPTH = 24;
/** Statements and expressions that one project may cost; a bound for hostile inputs. */
const MAX_STEPS = 2_000_000;

/** What following a project's routers may cost, in steps and in depth. */
export class Budget {
  private steps = 0;
  private depth = 0;

  get isTooDeep(): boolean {
    return this.depth > MAX_DEPTH;
  }

  /** Does a step, unless there have been too many or they stand inside of each other too deeply. */
  step<T>(work: () => T | null): T | null {
    if ((this.steps += 1) > MAX_STEPS || this.isTooDeep) return null;
    return this.deeper(work);
  }

  deeper<T>(work: () => T): T {
    this.depth += 1;
    try {
      return work();
    } finally {
      this.depth -= 1;
    }
  }
}
