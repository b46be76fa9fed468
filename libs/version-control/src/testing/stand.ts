import {
  createRepository,
  startGitServer,
  temporaryDirectory,
  type FileMap,
  type GitServer,
  type TemporaryDirectory,
  type TestRepository,
} from '@hil/testing';
import { join } from 'node:path';
import {
  MirrorStore,
  parseRepositoryAddress,
  type MirrorStoreOptions,
  type OpenWorktree,
  type RepositoryAddress,
  type RepositoryPolicy,
  type Worktree,
} from '../index.js';

const FILES: FileMap = { 'a.txt': 'one\n', 'src/b.js': 'export const b = 1;\n' };

/** Who commits in specs, and when: the same change has the same id everywhere. */
export const COMMIT = {
  message: 'fix: x',
  author: { name: 'hil', email: 'hil@example.test' },
  date: new Date('2026-01-02T03:04:05Z'),
} as const;

/** A repository behind a git server, a folder for data, and the mirrors of one worker. */
export class Stand {
  readonly store: MirrorStore;
  readonly address: RepositoryAddress;

  private constructor(
    readonly folder: TemporaryDirectory,
    readonly repository: TestRepository,
    readonly server: GitServer,
  ) {
    this.store = this.storeAt('host-1');
    this.address = this.addressOf(server.url('demo'));
  }

  static async open(files: FileMap = FILES): Promise<Stand> {
    const folder = await temporaryDirectory();
    const repository = await createRepository(files);
    const server = await startGitServer({
      repositories: { demo: repository.bare },
      allowPush: true,
    });
    return new Stand(folder, repository, server);
  }

  /** What this stand's stores may touch, with what a spec wants otherwise. */
  policy(change: Partial<RepositoryPolicy> = {}): RepositoryPolicy {
    return { allowedHosts: [this.server.host], allowHttp: true, allowLocalPaths: true, ...change };
  }

  addressOf(url: string, change: Partial<RepositoryPolicy> = {}): RepositoryAddress {
    return parseRepositoryAddress(url, this.policy(change));
  }

  /** The mirrors of another worker. */
  storeAt(dataDir: string, options: Partial<MirrorStoreOptions> = {}): MirrorStore {
    return new MirrorStore({
      dataDir: this.at(dataDir),
      policy: this.policy(),
      limits: { maxMb: 50, maxFiles: 1000 },
      ...options,
    });
  }

  /** A path in this stand's folder. */
  at(...parts: string[]): string {
    return join(this.folder.path, ...parts);
  }

  openAt(sha: string, { runId = 'run-1', ...rest }: Partial<OpenWorktree> = {}): Promise<Worktree> {
    return this.store.openWorktree({ address: this.address, runId, sha, ...rest });
  }

  async close(): Promise<void> {
    await this.server.close();
    await this.repository.remove();
    await this.folder.remove();
  }
}
