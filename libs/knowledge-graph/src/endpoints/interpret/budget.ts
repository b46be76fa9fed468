const MAX_DEPTH = 24;
/** Statements and expressions that one project may cost; a bound for hostile inputs. */
const MAX_STEPS = 2_000_000;
/** What calling functions again may cost of these. */
const MAX_REPEATED = 300_000;

/** What following a project's routers may cost, in steps and in depth. */
export class Budget {
  private steps = 0;
  private repeated = 0;
  private depth = 0;

  get isTooDeep(): boolean {
    return this.depth > MAX_DEPTH;
  }

  /** Does a step, unless there have been too many or they stand inside of each other too deeply. */
  step<T>(work: () => T | null): T | null {
    if ((this.steps += 1) > MAX_STEPS || this.isTooDeep) return null;
    return this.deeper(work);
  }

  /** True while a function of so many statements may be called once more. */
  repeats(statements: number): boolean {
    this.repeated += statements + 1;
    return this.repeated <= MAX_REPEATED;
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
