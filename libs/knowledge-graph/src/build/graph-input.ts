import type { GraphCache } from '../cache/graph-cache.js';

/** One tracked file; `read` is called only when the cache does not know the blob. */
export interface InputFile {
  /** Relative to the project root, with forward slashes. */
  path: string;
  blobId: string;
  /** Bytes. */
  size: number;
  read(): Promise<Buffer>;
  /** Why it must not be read, such as `symbolic link` or `submodule`; it is listed with that reason. */
  notRead?: string;
}

export interface BuildGraphInput {
  files: AsyncIterable<InputFile> | Iterable<InputFile>;
  project: { name: string; gitSha: string; rootPath: string };
  cache?: GraphCache;
  signal?: AbortSignal;
  onProgress?(progress: { done: number; total: number }): void;
  /** What begins after reading, and for how many files. */
  onPhase?(phase: 'linking' | 'checking', files: number): void;
  /**
   * A folder that holds the files; oxc-resolver then resolves TypeScript and JavaScript imports, and
   * TypeScript's checker their calls.
   */
  rootDir?: string;
  /** Off: calls are resolved by scopes and declared types alone, which takes less time and memory. */
  checker?: 'auto' | 'off';
  /** Memory of the process while the graph is made, in MB (1,500): files beyond it are kept at module level. */
  memoryMb?: number;
  /** Memory that the checker's process may take, in MB (950); 0: it is not asked. */
  checkerMemoryMb?: number;
}

export interface SkippedFile {
  path: string;
  reason: string;
}
