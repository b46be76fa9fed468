import type { AgentUpdate } from '@hil/contracts';

/** What to do with an update that arrived. */
export type Verdict = 'next' | 'duplicate' | 'gap';

/** How far each followed session was read. */
export class Cursors {
  private readonly seqs = new Map<string, number>();
  private readonly resyncing = new Set<string>();

  follow(sessionId: string, seq = 0): void {
    if (!this.seqs.has(sessionId)) this.seqs.set(sessionId, seq);
  }

  forget(sessionId: string): void {
    this.seqs.delete(sessionId);
  }

  /** The log no longer reaches back to the cursor: the next snapshot may jump. */
  expectSnapshot(sessionId: string): void {
    this.resyncing.add(sessionId);
  }

  seq(sessionId: string): number {
    return this.seqs.get(sessionId) ?? 0;
  }

  /** The followed sessions with their cursors, in the order they were followed. */
  entries(): [sessionId: string, seq: number][] {
    return [...this.seqs];
  }

  /** Judges an update by its number, and moves the cursor when it is the next one. */
  take(update: Pick<AgentUpdate, 'session_id' | 'seq' | 'type'>): Verdict {
    const seen = this.seq(update.session_id);
    const jumps = update.type === 'snapshot' && this.resyncing.delete(update.session_id);
    if (!jumps && update.seq <= seen) return 'duplicate';
    if (!jumps && update.seq > seen + 1) return 'gap';
    this.seqs.set(update.session_id, update.seq);
    return 'next';
  }
}
