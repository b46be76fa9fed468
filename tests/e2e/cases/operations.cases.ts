import { expect, it } from '@jest/globals';
import { isProjectOperation } from '@hil/contracts';
import { runTask } from '../../models/run-task.js';
import { everyOperation } from '../../support/every-operation/index.js';
import {
  type ModelWorld,
  edits,
  finish,
  intent,
  plan,
  script,
} from '../../support/model-script.js';
import { appliedPatch } from '../../support/patch.js';

/** The language whose plan does not announce its rename and its move. */
const SILENT = 'C#';

/** A project of four languages, and a task for each that uses every operation. */
export function operationsCases(models: () => ModelWorld): void {
  it('carries out every operation in all four languages, one commit a language', async () => {
    const { endpoint, world } = models();
    const before = Object.assign({}, ...everyOperation.map((one) => one.before)) as Record<string, string>; // prettier-ignore
    const after = Object.assign({}, ...everyOperation.map((one) => one.after)) as Record<string, string>; // prettier-ignore
    const changed = (one: (typeof everyOperation)[number]): string[] =>
      Object.keys({ ...one.before, ...one.after }).filter(
        (path) => one.before[path] !== one.after[path],
      );
    endpoint.play(
      script({
        intent: [intent('all operations')],
        plan: [
          plan(
            'all operations',
            everyOperation.map((one) => ({
              task: `Rename, move and delete in ${one.name}`,
              files: changed(one),
              new_files: Object.keys(one.after).filter((path) => !(path in one.before)),
              ...(one.name === SILENT
                ? {}
                : { project_edits: one.operations.filter(isProjectOperation) }),
            })),
            {
              commit: { type: 'refactor', scope: '', subject: 'all operations' },
              acceptance_criteria: ['`ts/one.ts` is added'],
            },
          ),
        ],
        // What is not announced goes back once before a person is asked.
        tasks: everyOperation.map(({ operations, name }) => [
          edits(...operations),
          finish('done'),
          ...(name === SILENT ? [finish('done')] : []),
        ]),
      }),
    );
    const repository = await world.serve(before);
    const chat = await world.open();
    const { run, cards, summary } = await runTask(chat, { message: 'Do it all' }, repository.url);

    const logs = chat.of(run.sessionId, 'log').map(({ message }) => message);
    expect(logs.filter((message) => message.includes(' failed: '))).toEqual([]);
    expect([summary.outcome, summary.message]).toEqual(['patch_ready', summary.message]);
    const [card, ...others] = chat.of(run.sessionId, 'approval_request').filter(({ kind }) => kind === 'scope'); // prettier-ignore
    expect(others).toEqual([]);
    expect(card?.message).toBe(
      'task-4: the rename of User.Load in cs/User.cs to Fetch comes to 2 edits in 2 files, and the plan does not announce it. May it go on?',
    );
    const announced = cards[0]?.plan.plan.map((task) => task.project_edits?.map(({ expected }) => expected)); // prettier-ignore
    const two = { edits: 2, files: 2 };
    expect(announced).toEqual([
      [two, { edits: 1, files: 3 }],
      [two, { edits: 1, files: 3 }],
      [two, { edits: 0, files: 2 }],
      undefined,
    ]);
    const shown = chat.of(run.sessionId, 'code_change');
    for (const [index, one] of everyOperation.entries()) {
      const task = shown.filter(({ task_id }) => task_id === `task-${index + 1}`);
      const moved = task.filter(({ status }) => status === 'renamed');
      const kept = changed(one).length - 2 * moved.length;
      expect(moved).toHaveLength(1);
      expect(task.map(({ status }) => status).sort()).toEqual(['added', 'deleted', 'modified', 'modified', 'renamed']); // prettier-ignore
      expect(kept).toBe(task.length - moved.length);
    }
    expect(await appliedPatch(repository, world.deployment.http, summary)).toEqual(after);
  });
}
