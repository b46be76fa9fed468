/** Thrown by an edit that reaches beyond what was approved; nothing was written. */
export class ScopeExceeded extends Error {
  constructor(
    message: string,
    /** Files outside of the plan; none when only the number of edits is another. */
    readonly files: string[],
    /** The edits of a task that are to be allowed although the plan says another number. */
    readonly edits?: { taskId: string; count: number },
  ) {
    super(message);
    this.name = 'ScopeExceeded';
  }
}
