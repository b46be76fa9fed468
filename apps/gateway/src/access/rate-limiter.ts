import { HilError } from '@hil/contracts';

/** What one user may do, all sockets and requests together. */
export interface RateLimits {
  messagesPerMinute: number;
  maxConnectionsPerUser: number;
}

/**
 * Counts per user: open sockets, and messages by a token bucket that holds a minute's worth and
 * refills steadily.
 */
export class RateLimiter {
  private readonly buckets = new Map<string, { tokens: number; at: number }>();
  private readonly connections = new Map<string, number>();

  constructor(
    private readonly limits: RateLimits,
    private readonly now: () => number = () => performance.now(),
  ) {}

  private takeMessage(userId: string): boolean {
    const capacity = this.limits.messagesPerMinute;
    const now = this.now();
    const bucket = this.buckets.get(userId) ?? { tokens: capacity, at: now };
    const refilled = Math.min(capacity, bucket.tokens + ((now - bucket.at) * capacity) / 60_000);
    const taken = refilled >= 1;
    this.buckets.set(userId, { tokens: taken ? refilled - 1 : refilled, at: now });
    return taken;
  }

  /**
   * Takes one message from the user's bucket.
   * @throws HilError rate_limited
   */
  requireMessage(userId: string): void {
    if (this.takeMessage(userId)) return;
    throw new HilError('rate_limited', 'too many messages; wait a little and send it again', {
      retryable: true,
    });
  }

  /** Counts one more socket; false, and nothing counted, when the user has as many as allowed. */
  openConnection(userId: string): boolean {
    const open = this.connections.get(userId) ?? 0;
    if (open >= this.limits.maxConnectionsPerUser) return false;
    this.connections.set(userId, open + 1);
    return true;
  }

  closeConnection(userId: string): void {
    const open = (this.connections.get(userId) ?? 0) - 1;
    if (open > 0) this.connections.set(userId, open);
    else this.connections.delete(userId);
  }
}
