import { confirm, isCancel, text } from '@clack/prompts';
import type { ApprovalRequest } from '@hil/contracts';

/** What a person (or a script in a person's name) says to an approval. */
export type Decision =
  { kind: 'approve' } | { kind: 'reject'; reason: string; final: boolean } | { kind: 'cancel' };

/** Answers approvals and questions. */
export interface Person {
  decide(request: ApprovalRequest): Promise<Decision>;
  answer(question: string): Promise<string | undefined>;
}

/** Asks at the terminal. */
export const terminalPerson: Person = {
  async decide() {
    const yes = await confirm({ message: 'Approve?', initialValue: false });
    if (isCancel(yes)) return { kind: 'cancel' };
    if (yes) return { kind: 'approve' };
    const reason = await text({ message: 'What should be different? (empty: end the run)' });
    if (isCancel(reason)) return { kind: 'cancel' };
    const words = (reason ?? '').trim();
    return { kind: 'reject', reason: words === '' ? 'declined' : words, final: words === '' };
  },
  async answer(question) {
    const words = await text({ message: question });
    return isCancel(words) || words.trim() === '' ? undefined : words;
  },
};

/**
 * Says yes for a script that was started with `--yes`. Running code outside a sandbox is another
 * question than the change itself and needs its own flag; so does a raised budget.
 */
export function scriptedPerson(options: { allowUnsandboxed: boolean }): Person {
  return {
    decide({ kind }) {
      const yes = kind === 'unsandboxed' ? options.allowUnsandboxed : kind !== 'budget';
      if (yes) return Promise.resolve({ kind: 'approve' });
      const reason = `--yes does not cover approvals of kind ${kind}`;
      return Promise.resolve({ kind: 'reject', reason, final: true });
    },
    answer: () => Promise.resolve(undefined),
  };
}

/** Nobody is there to ask: the run is cancelled rather than approved. */
export const nobody: Person = {
  decide: () => Promise.resolve({ kind: 'cancel' }),
  answer: () => Promise.resolve(undefined),
};
