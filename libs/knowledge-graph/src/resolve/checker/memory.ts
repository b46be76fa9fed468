import { getHeapStatistics } from 'node:v8';

/** How full the heap of this process is. */
export interface Memory {
  /** Time to let go of something. */
  isNearlyFull(): boolean;
  /** What is held is so much that a checker beside it may not fit. */
  isHalfFull(): boolean;
  /** Gives back what nobody holds, so that the answers above speak of what is held. */
  collect(): void;
}

/** The heap as V8 counts it; needs `--expose-gc`, without which nothing is collected early. */
export function heapMemory(): Memory {
  const fill = (): number => {
    const { used_heap_size, heap_size_limit } = getHeapStatistics();
    return used_heap_size / heap_size_limit;
  };
  const collect = (): void => globalThis.gc?.();
  return {
    // What looks full may be garbage: then it is room after all.
    isNearlyFull: () => fill() > 0.85 && (collect(), fill() > 0.7),
    isHalfFull: () => fill() > 0.45,
    collect,
  };
}
