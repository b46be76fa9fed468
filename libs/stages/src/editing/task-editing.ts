import { type OperationResult, type Overlay, applyOperations, runGates } from '@hil/code-editing';
import {
  HilError,
  type Operation,
  type PlanTask,
  type ProjectGraph,
  isProjectOperation,
  operationSchema,
} from '@hil/contracts';
import { type ModelMessage, type Tool, type ToolOutcome, tool } from '@hil/language-models';
import type { Worktree } from '@hil/version-control';
import type { EditDraft, StageContext } from '@hil/workflow';
import { z } from 'zod';
import { contextLines, modelContext } from '../shared/model-context.js';
import { projectAdvice } from '../shared/project-advice.js';
import { readingTools } from '../shared/reading-tools.js';
import { listed } from '../shared/requirements.js';
import type { StageServices } from '../shared/stage-services.js';
import { type MadeEdit, unannounced, withMade } from './announced-edits.js';
import { outcomeLine } from './outcome-line.js';
import { taskMessages } from './task-prompt.js';

/** How often a task that is said to be finished may be sent back by the gates. */
const MAX_SENT_BACK = 3;
const MAX_OPERATIONS = 50;
const REDACTED = '[redacted]';

export interface ModelEditRequest {
  context: StageContext;
  services: StageServices;
  worktree: Worktree;
  graph: ProjectGraph;
  /** Tracked paths of the tree. */
  files: readonly string[];
  task: PlanTask;
  approvedFiles: readonly string[];
}

/** One task at work: the overlay, and the operations that made it what it is. */
export class TaskEditing {
  private operations: Operation[] = [];
  private made: MadeEdit[] = [];
  private sentBack = 0;
  private askedAboutScope = false;

  constructor(
    private readonly request: ModelEditRequest,
    private readonly overlay: Overlay,
  ) {}

  /**
   * Makes the edits of an interrupted attempt again, all of them or, when one no longer fits, none.
   * @returns the summary when it had finished
   */
  async resume({ operations, summary }: EditDraft): Promise<string | undefined> {
    const { context, task } = this.request;
    const before = this.overlay.snapshot();
    const results = await this.apply(operations);
    if (results.some(({ ok }) => !ok)) {
      this.overlay.restore(before);
      this.operations = [];
      this.made = [];
      context.log(`${task.id} begins again: what it was edited on is another by now`, 'warning');
      return undefined;
    }
    if (summary === undefined && operations.length > 0) {
      context.log(
        `${task.id}: goes on after ${operations.length} operations of an earlier attempt`,
      );
    }
    return summary;
  }

  async messages(): Promise<ModelMessage[]> {
    const { context, services, graph, task, approvedFiles } = this.request;
    const chosen = await modelContext({
      graph,
      overlay: this.overlay,
      request: [task.task, ...task.changes].join('\n'),
      targets: task.files,
      budgetTokens: services.config.model.contextTokens,
    });
    for (const line of contextLines(chosen)) context.log(line, 'debug');
    return taskMessages(context, task, {
      approvedFiles,
      files: chosen.text,
      advice: await projectAdvice(this.overlay),
      draftOperations: this.operations.length,
    });
  }

  tools(): Record<string, Tool<string>> {
    const { graph, context } = this.request;
    return {
      ...readingTools<string>({
        overlay: this.overlay,
        files: () => this.filesNow(),
        graph,
        signal: context.signal,
      }),
      apply_edits: tool({
        description: 'Makes edits, in order. Nothing is committed before finish_task.',
        schema: z.object({ operations: z.array(operationSchema).min(1).max(MAX_OPERATIONS) }),
        run: async ({ operations }) => ({ reply: await this.edit(operations) }),
      }),
      finish_task: tool({
        description: 'Says that the task is done, with one or two sentences on what changed.',
        schema: z.object({ summary: z.string().min(1) }),
        run: ({ summary }) => this.finish(summary),
      }),
    };
  }

  /** Files that the task deletes or moves and whose loss its words announce. */
  expectedDeletions(): string[] {
    const { task } = this.request;
    const announced = /delet|remov|mov|renam|drop/i.test([task.task, ...task.changes].join(' '));
    if (!announced) return [];
    return this.operations.flatMap((operation) =>
      (operation.op === 'delete_file' || operation.op === 'move_file') &&
      task.files.includes(operation.path)
        ? [operation.path]
        : [],
    );
  }

  /** How the renames and moves that were made differ from those that the plan announces, a sentence each. */
  unannounced(): string[] {
    return unannounced(this.request.task, this.made);
  }

  private async edit(operations: readonly Operation[]): Promise<string> {
    const results = await this.apply(await this.planned(operations));
    await this.keep();
    const lines = results.map(outcomeLine);
    const outside = await this.outside();
    if (outside.length > 0) {
      lines.push(
        `Outside of the approved files: ${outside.join(', ')}. Undo that unless the task can't be done without it; a person would be asked.`,
      );
    }
    return lines.join('\n');
  }

  /** Each operation with the file it is made on, so that a later attempt makes it on no other. */
  private planned(operations: readonly Operation[]): Promise<Operation[]> {
    return Promise.all(
      operations.map(async (operation) => {
        if (operation.op === 'create_file' || operation.base_blob !== undefined) return operation;
        const blob = await this.overlay.baseBlobOf(operation.path).catch(() => null);
        return blob === null ? operation : { ...operation, base_blob: blob };
      }),
    );
  }

  private async apply(operations: readonly Operation[]): Promise<OperationResult[]> {
    const { files, graph, context } = this.request;
    const { signal } = context;
    const { results } = await applyOperations(this.overlay, operations, { files, graph, signal });
    for (const { ok, operation, message, reach } of results) {
      if (reach !== undefined && isProjectOperation(operation))
        this.made = withMade(this.made, { operation, reach });
      if (ok) this.operations.push(operation);
      else context.log(`${operation.op} ${operation.path} failed: ${message ?? ''}`, 'warning');
    }
    return results;
  }

  private async finish(summary: string): Promise<ToolOutcome<string>> {
    const { approvedFiles, context, task } = this.request;
    const { findings } = await runGates(this.overlay, {
      approvedFiles,
      expectedDeletions: this.expectedDeletions(),
    });
    const wrong = [
      ...findings.filter(({ gate }) => gate !== 'scope').map(({ message }) => message),
      ...(await this.maskedTexts()),
    ];
    if (wrong.length > 0) {
      this.sentBack += 1;
      if (this.sentBack > MAX_SENT_BACK) {
        throw new HilError(
          'validation_error',
          `the edits of ${task.id} were refused and nothing was written: ${listed(wrong, 5)}`,
        );
      }
      context.log(`${task.id} goes back to the model: ${listed(wrong, 3)}`, 'warning');
      return { reply: `Not finished:\n- ${wrong.join('\n- ')}\nCorrect it, then finish again.` };
    }
    const outside = findings.map(({ path }) => path);
    const beyond = [
      ...outside.map((path) => `${path} is not among the approved files`),
      ...this.unannounced(),
    ];
    if (beyond.length > 0 && !this.askedAboutScope) {
      this.askedAboutScope = true;
      return {
        reply: `Not finished: ${beyond.join('; ')}. Mend this, or finish again to have a person asked about it.`,
      };
    }
    await this.keep(summary);
    return { done: summary };
  }

  /** A mask that a prompt showed instead of a secret must not replace the secret in a file. */
  private async maskedTexts(): Promise<string[]> {
    const count = (text: string | null): number => (text ?? '').split(REDACTED).length;
    return (await this.overlay.changedFiles())
      .filter(({ before, after }) => count(after) > count(before))
      .map(
        ({ path }) => `${path} would hold "${REDACTED}" where a secret is; leave that line alone`,
      );
  }

  private keep(summary?: string): Promise<void> {
    const draft: EditDraft = {
      taskId: this.request.task.id,
      operations: this.operations,
      ...(summary === undefined ? {} : { summary }),
    };
    return this.request.context.checkpoint({ context: { draft } });
  }

  private filesNow(): string[] {
    const all = new Set(this.request.files);
    for (const [path, text] of this.overlay.overrides()) {
      if (text === null) all.delete(path);
      else all.add(path);
    }
    return [...all];
  }

  private async outside(): Promise<string[]> {
    const approved = new Set(this.request.approvedFiles);
    const changed = await this.overlay.changedFiles();
    return changed.map(({ path }) => path).filter((path) => !approved.has(path));
  }
}
