import type { StageContext } from '@hil/workflow';

export const REPOSITORY_QUESTION =
  'Which repository? Answer with its https URL or its absolute path on this machine.';

/** The repository that was named with the message or in an answer. */
export function repositoryOf(context: StageContext): string | undefined {
  const { request, context: facts } = context.run;
  const answered = facts.answers?.findLast(({ question }) => question === REPOSITORY_QUESTION);
  return request.repo_url ?? answered?.answer.trim();
}
