import type { FileFacts } from '../extract/file-facts.js';

export interface GraphCacheEntry {
  key: string;
  facts: FileFacts;
}

/** The calls of a file under a key that names all they depend on. */
export interface PackedCalls {
  key: string;
  packed: string;
}

/**
 * Facts by content: the key names the git blob, the language and the extractor version, so an
 * entry never goes stale and is shared by all repositories, runs and workers.
 */
export interface GraphCache {
  /** Those of the keys that there are entries for. */
  known(keys: readonly string[]): Promise<Set<string>>;
  /** The entries that exist; missing keys are simply absent. */
  getMany(keys: readonly string[]): Promise<Map<string, FileFacts>>;
  putMany(entries: readonly GraphCacheEntry[]): Promise<void>;
  /** What TypeScript's checker found in files, packed; missing keys are absent. */
  getCalls(keys: readonly string[]): Promise<Map<string, string>>;
  putCalls(entries: readonly PackedCalls[]): Promise<void>;
}

/** A cache that lives as long as the process. */
export class MemoryGraphCache implements GraphCache {
  private readonly entries = new Map<string, FileFacts>();
  private readonly calls = new Map<string, string>();

  known(keys: readonly string[]): Promise<Set<string>> {
    return Promise.resolve(new Set(keys.filter((key) => this.entries.has(key))));
  }

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

  getCalls(keys: readonly string[]): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    for (const key of keys) {
      const packed = this.calls.get(key);
      if (packed !== undefined) found.set(key, packed);
    }
    return Promise.resolve(found);
  }

  putCalls(entries: readonly PackedCalls[]): Promise<void> {
    for (const { key, packed } of entries) this.calls.set(key, packed);
    return Promise.resolve();
  }
}
