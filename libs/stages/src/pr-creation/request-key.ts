import { createHash } from 'node:crypto';
import type { Run, RunRepository } from '@hil/workflow';

/** SHA-256 of who asked for what where: the same request, sent again, finds its pull request. */
export function requestKeyOf(run: Run, repository: RunRepository): string {
  const { message, project_path = '' } = run.request;
  const words = message.trim().replace(/\s+/g, ' ');
  const facts = [run.userId, repository.address, repository.baseBranch, project_path, words];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}
