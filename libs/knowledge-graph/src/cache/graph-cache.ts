import type { FileFacts } from '../extract/file-facts.js';

export interface GraphCacheEntry {
  key: string;
  facts: FileFacts;
}

/**
 * Facts by content: the key names the git blob, the language and the extractor version, so an
 * entry never goes stale and is shared by all repositories, runs and workers.
 */
export interface GraphCache {
  /** The entries that exist; missing keys are simply absent. */
  getMany(keys: readonly string[]): Promise<Map<string, FileFacts>>;
  putMany(entries: readonly GraphCacheEntry[]): Promise<void>;
  /** What TypeScript's checker found in all files of a project, packed; null when it is not known. */
  getCalls(key: string): Promise<string | null>;
  putCalls(key: string, packed: string): Promise<void>;
}

/** A cache that lives as long as the process. */
export class MemoryGraphCache implements GraphCache {
  private readonly entries = new Map<string, FileFacts>();
  private readonly calls = new Map<string, string>();

  getMany(keys: readonly string[]): Promise<Map<string, FileFacts>> {
    const found = new Map<string, FileFacts>();
    for (const key of keys) {
      const facts = this.entries.get(key);
      if (facts) found.set(key, facts);
    }
    return Promise.resolve(found);
  }

  putMany(entries: readonly GraphCacheEntry[]): Promise<void> {
    for (const { key, facts } of entries) this.entries.set(key, facts);
    return Promise.resolve();
  }

  getCalls(key: string): Promise<string | null> {
    return Promise.resolve(this.calls.get(key) ?? null);
  }

  putCalls(key: string, packed: string): Promise<void> {
    this.calls.set(key, packed);
    return Promise.resolve();
  }
}
