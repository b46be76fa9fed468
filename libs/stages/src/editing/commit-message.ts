import type { CommitMeta, Plan, PlanTask } from '@hil/contracts';

/** Git shows the first line of a message whole up to about this many characters. */
const MAX_HEADER = 100;

/** A Conventional Commit: header, what changed, and the run as a trailer. */
export function commitMessage({
  commit,
  task,
  runId,
}: {
  commit: CommitMeta;
  task: PlanTask;
  runId: string;
}): string {
  const scope = commit.scope === '' ? '' : `(${commit.scope})`;
  const header = `${commit.type}${scope}: ${commit.subject}`
    .replace(/\s+/g, ' ')
    .slice(0, MAX_HEADER);
  const body = task.changes.map((change) => `- ${change}`).join('\n');
  return [header, body, `Hil-Run: ${runId}`].filter((part) => part !== '').join('\n\n');
}

/** The commit of one task of a model's plan: the plan's own when it is the only one. */
export function modelCommit({ commit, plan }: Plan, task: PlanTask): CommitMeta {
  if (task.id.startsWith('repair-'))
    return { ...commit, type: 'fix', subject: 'mend failing tests' };
  if (task.id.startsWith('message-'))
    return { ...commit, subject: 'follow what was said of the change' };
  if (plan.length === 1) return commit;
  const subject = (task.task.split('\n')[0] ?? '').replace(/\.$/, '').trim();
  return { ...commit, subject: subject === '' ? commit.subject : subject.slice(0, 200) };
}
