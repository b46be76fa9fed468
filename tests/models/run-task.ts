import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type PlanApprovalRequest, type Summary, isOfPlan } from '@hil/contracts';
import { plainGit, temporaryDirectory } from '@hil/testing';
import type { Chat } from '../support/chat.js';
import { type StartedRun, planOf, startRun } from '../support/run.js';
import type { Served } from '../support/world.js';
import type { ModelTask } from './model-tasks.js';

const run = promisify(execFile);

/** What became of a task. */
export interface TaskResult {
  run: StartedRun;
  cards: PlanApprovalRequest[];
  summary: Summary;
}

/** Sends the task and does what its person does: answers, rejects once, approves whatever is asked then. */
export async function runTask(
  chat: Chat,
  task: Pick<ModelTask, 'message' | 'answer' | 'reject'>,
  url: string,
  withinMs = 180_000,
): Promise<TaskResult> {
  const started = await startRun(chat, { message: task.message, repo_url: url });
  const { sessionId } = started;
  const cards: PlanApprovalRequest[] = [];
  const summary = chat.summary(sessionId, withinMs);
  if (task.answer !== undefined) {
    const { data } = await chat.update(sessionId, 'question');
    await chat.reaches(sessionId, 'awaiting_answer');
    await chat.command('chat_message', {
      message: task.answer,
      session_id: sessionId,
      question_id: data.question_id,
    });
  }
  if (task.reject !== undefined) {
    const card = await planOf(chat, started, 1, withinMs);
    cards.push(card);
    await chat.command('reject_plan', {
      session_id: sessionId,
      plan_id: card.plan_id,
      reason: task.reject,
    });
  }
  const decided = new Set(cards.map(({ approval_id }) => approval_id));
  let ended = false;
  void summary.then(
    () => (ended = true),
    () => (ended = true),
  );
  while (!ended) {
    const next = chat
      .of(sessionId, 'approval_request')
      .find((card) => !decided.has(card.approval_id));
    if (next === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      continue;
    }
    decided.add(next.approval_id);
    if (isOfPlan(next)) cards.push(next);
    await chat.command('approval_response', {
      session_id: sessionId,
      approval_id: next.approval_id,
      approved: true,
    });
  }
  return { run: started, cards, summary: await summary };
}

/** Applies the patch to a clone, adds the hidden tests and runs the check. @throws with the output of the check */
export async function checkPatch(
  task: ModelTask,
  repository: Served,
  http: string,
  summary: Summary,
): Promise<void> {
  const folder = await temporaryDirectory('hil-task-');
  try {
    const tree = join(folder.path, 'tree');
    const patch = join(folder.path, 'change.patch');
    await writeFile(patch, await (await fetch(`${http}${summary.patch_url}`)).text());
    await plainGit(folder.path, 'clone', '-q', repository.bare, tree);
    await plainGit(tree, 'apply', patch);
    for (const [path, text] of Object.entries(task.hidden ?? {})) {
      await mkdir(dirname(join(tree, path)), { recursive: true });
      await writeFile(join(tree, path), text);
    }
    for (const [command, ...argv] of [task.install ?? [], task.check ?? []])
      if (command !== undefined) await run(command, argv, { cwd: tree });
  } finally {
    await folder.remove();
  }
}
