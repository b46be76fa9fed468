/** Something a later plan for the same repository should know. */
export interface MemoryEntry {
  id: string;
  /** Address of the repository, without credentials. */
  repository: string;
  userId: string;
  runId: string;
  /** A plan that was sent back, or a failure that a repair mended. */
  kind: 'rejection' | 'repair';
  text: string;
  createdAt: Date;
}

/** What was decided and learned about repositories. Implemented by libs/persistence. */
export interface ProjectMemory {
  remember(entry: Omit<MemoryEntry, 'id' | 'createdAt'>): Promise<void>;
  /** The newest entries of a repository. */
  recall(repository: string, limit: number): Promise<MemoryEntry[]>;
  /** @param userId null: of everybody; @param repository null: of every repository */
  list(userId: string | null, repository: string | null, limit: number): Promise<MemoryEntry[]>;
  entry(id: string): Promise<MemoryEntry | null>;
  forget(id: string): Promise<boolean>;
}
