import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { reapSandboxes } from '@hil/sandbox';
import type { MirrorStore } from '@hil/version-control';
import { TEST_TREES_FOLDER } from './test-trees-folder.js';

/** Time between two rounds, in ms. */
const EVERY_MS = 60_000;

export interface WorkspaceReaperOptions {
  dataDir: string;
  mirrors: MirrorStore;
  /** Ids of the runs that have not ended. */
  liveRunIds: () => Promise<string[]>;
  warn: (facts: object, message: string) => void;
}

/** Removes what workers that died left on this machine: worktrees, test trees, pins, sandboxes. */
export class WorkspaceReaper {
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<void> = Promise.resolve();

  constructor(private readonly options: WorkspaceReaperOptions) {}

  start(): void {
    this.tick();
    this.timer = setInterval(() => this.tick(), EVERY_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.working;
  }

  private tick(): void {
    this.working = this.round().catch((error: unknown) => {
      this.options.warn({ err: error }, 'a clean-up round failed; the next one tries again');
    });
  }

  private async round(): Promise<void> {
    const live = await this.options.liveRunIds();
    await this.options.mirrors.reap({ liveRunIds: live });
    await this.reapTestTrees(new Set(live));
    await reapSandboxes();
  }

  private async reapTestTrees(live: ReadonlySet<string>): Promise<void> {
    const folder = join(this.options.dataDir, TEST_TREES_FOLDER);
    for (const runId of await readdir(folder).catch(() => [])) {
      if (!live.has(runId)) await rm(join(folder, runId), { recursive: true, force: true });
    }
  }
}
