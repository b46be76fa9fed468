/** Thrown by an edit that reaches beyond what was approved; nothing was written. */
export class ScopeExceeded extends Error {
  constructor(
    message: string,
    /** Files outside of the plan; none when only the edits are others than it says. */
    readonly files: string[],
    /** The edits of a task that are to be allowed although the plan says others, in words. */
    readonly edits?: { taskId: string; edits: string },
  ) {
    super(message);
    this.name = 'ScopeExceeded';
  }
}
