import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { imageForRepository, selectSandbox, type SandboxDriver } from '@hil/sandbox';
import {
  type Formatter,
  type FormatResult,
  type PreparedDependencies,
  detectTestSuites,
  prepareDependencies,
  runFormatter,
} from '@hil/test-execution';
import { listed } from '../shared/requirements.js';
import { suiteWithDependencies } from '../shared/suite-with-dependencies.js';
import type { TaskAtHand } from './carry-out-task.js';

/** Wall time of one call of a formatter. */
const TIMEOUT_MS = 120_000;
const MAX_OUTPUT_BYTES = 4 * 1024 * 1024;

/** Runs formatters of one task in copies of the tree, with the dependencies that the tests are run with. */
export class FormatterRunner {
  private chosen: Promise<{ driver: SandboxDriver; image: string } | { missing: string }> | undefined; // prettier-ignore
  private readonly trees = new Map<string, Promise<string>>();

  /** @param folders `tree` is where the copies are made; the caller removes it. `cache` keeps installations. */
  constructor(
    private readonly at: TaskAtHand,
    private readonly folders: { tree: string; cache: string },
  ) {}

  /**
   * @param name of the copy; one that was run in before is not written to again
   * @param prepare writes into the fresh copy, before anything of the repository runs in it
   */
  async run(
    name: string,
    formatter: Formatter,
    prepare: (tree: string) => Promise<void>,
  ): Promise<FormatResult> {
    if (formatter.notRun !== undefined) return { status: 'not_run', reason: formatter.notRun };
    this.chosen ??= this.choose();
    const chosen = await this.chosen;
    if ('missing' in chosen) return { status: 'not_run', reason: chosen.missing };
    const key = `${name} ${formatter.tool} ${formatter.cwd}`;
    const made = this.trees.get(key) ?? this.copy(prepare);
    this.trees.set(key, made);
    const workspace = await made;
    const { context } = this.at;
    const dependencies = await this.dependencies(formatter, workspace, chosen.driver);
    const result = await runFormatter(formatter, {
      workspace,
      driver: chosen.driver,
      image: chosen.image,
      id: context.run.id,
      ...(dependencies === null ? {} : { dependencies }),
      limits: this.limits(),
      signal: context.signal,
    });
    context.signal.throwIfAborted();
    return result;
  }

  private async choose(): Promise<{ driver: SandboxDriver; image: string } | { missing: string }> {
    const { sandbox } = this.at.services.config;
    const { image } = await imageForRepository(this.at.worktree.path, sandbox);
    const { driver, tried } = await selectSandbox({ ...sandbox, mode: sandbox.driver, image });
    if (driver !== null) return { driver, image };
    const reasons = tried.map(({ name, reason }) => `${name}: ${reason ?? 'not available'}`);
    return { missing: `no sandbox is available here (${listed(reasons)})` };
  }

  private async copy(prepare: (tree: string) => Promise<void>): Promise<string> {
    const { services, context, edit } = this.at;
    const { repositories } = services;
    const tree = join(this.folders.tree, String(this.trees.size));
    await mkdir(this.folders.tree, { recursive: true });
    const { address } = repositories.of(context);
    const bundle = await repositories.bundle(context);
    const { signal } = context;
    await repositories.mirrors.exportTree(address, edit.headSha, tree, { bundle, signal });
    await prepare(tree);
    return tree;
  }

  /** Those of a suite of the same language; null where none is found. */
  private async dependencies(
    formatter: Formatter,
    workspace: string,
    driver: SandboxDriver,
  ): Promise<PreparedDependencies | null> {
    const { services, context } = this.at;
    const suite = suiteWithDependencies(formatter, await detectTestSuites(workspace, { driver }));
    if (suite === undefined) return null;
    const timeoutMs = services.config.tests.timeoutSeconds * 2_000;
    return prepareDependencies({
      suite,
      workspace,
      driver,
      id: context.run.id,
      cacheDir: this.folders.cache,
      limits: { ...this.limits(), timeoutMs },
      signal: context.signal,
      onLog: (line) => context.log(line, 'debug', formatter.tool),
    });
  }

  private limits() {
    const { memoryMb, cpus, pids, diskMb } = this.at.services.config.sandbox;
    const maxOutputBytes = MAX_OUTPUT_BYTES;
    return { timeoutMs: TIMEOUT_MS, memoryMb, cpus, pids, diskMb, maxOutputBytes };
  }
}
