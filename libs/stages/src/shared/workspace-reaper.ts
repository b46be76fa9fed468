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

  /** Waits for the round at work. */
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
    const { dataDir, mirrors, liveRunIds } = this.options;
    const folder = join(dataDir, TEST_TREES_FOLDER);
    // Listed before it is asked who lives: a tree made in between belongs to a run that begins.
    const trees = await readdir(folder).catch(() => []);
    await mirrors.reap({ liveRunIds });
    const live = new Set(await liveRunIds());
    for (const runId of trees) {
      if (!live.has(runId)) await rm(join(folder, runId), { recursive: true, force: true });
    }
    await reapSandboxes();
  }
}
