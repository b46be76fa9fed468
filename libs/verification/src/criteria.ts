import type { Plan } from '@hil/contracts';
import type { ChangedFile, ChangeFacts } from './change.js';

/** How a criterion stands, and what shows it. */
export interface Judgement {
  result: 'met' | 'not_met' | 'unknown';
  evidence: string;
}

/** One acceptance criterion with the means to judge it. */
export interface Criterion {
  text: string;
  judge(facts: ChangeFacts): Judgement | Promise<Judgement>;
}

/** PATH is changed in any way: added, modified, deleted, or the source or target of a rename. */
export function fileIsChanged(path: string): Criterion {
  return {
    text: `\`${path}\` is changed`,
    judge: ({ files }) => {
      const file = files.find((entry) => entry.path === path || entry.oldPath === path);
      return file === undefined
        ? { result: 'not_met', evidence: `${path} is not in the diff` }
        : { result: 'met', evidence: `${describe(file)}` };
    },
  };
}

/**
 * PATH is added, modified, deleted or renamed (PATH is then the new name). Git says renamed of two files that are alike:
 * the new path is added then and the old one deleted all the same.
 */
export function fileHasStatus(path: string, status: ChangedFile['status']): Criterion {
  return {
    text: `\`${path}\` is ${status}`,
    judge: ({ files }) => {
      const file = files.find((entry) => entry.path === path);
      const left = files.find((entry) => entry.status === 'renamed' && entry.oldPath === path);
      if (file === undefined && left !== undefined && status === 'deleted')
        return { result: 'met', evidence: describe(left) };
      if (file === undefined) return { result: 'not_met', evidence: `${path} is not in the diff` };
      const isSo = file.status === status || (status === 'added' && file.status === 'renamed');
      return { result: isSo ? 'met' : 'not_met', evidence: describe(file) };
    },
  };
}

/** TEXT occurs, or does not occur, in PATH after the change. */
export function textOccurs(text: string, path: string, expected = true): Criterion {
  return {
    text: `\`${text}\` ${expected ? 'occurs' : 'does not occur'} in \`${path}\``,
    judge: ({ files }) => {
      const file = files.find((entry) => entry.path === path);
      if (file?.status === 'deleted') {
        return { result: expected ? 'not_met' : 'met', evidence: `${path} is deleted` };
      }
      if (file?.after === undefined) {
        return {
          result: 'unknown',
          evidence: `${path} was not changed, so its text is not at hand`,
        };
      }
      const line = lineOf(file.after, text);
      return {
        result: (line !== undefined) === expected ? 'met' : 'not_met',
        evidence: line === undefined ? `not found in ${path}` : `${path}:${line}`,
      };
    },
  };
}

/** Tests ran and none fails that did not fail before. */
export function noNewFailure(): Criterion {
  return {
    text: 'no test fails that passed before',
    judge: ({ tests }) => {
      if (tests.new_failures.length > 0) {
        return { result: 'not_met', evidence: tests.new_failures.slice(0, 5).join(', ') };
      }
      const ran = tests.status === 'passed' || tests.status === 'failed';
      return { result: ran ? 'met' : 'unknown', evidence: tests.message };
    },
  };
}

/** A criterion in words that no program judges. */
export function forAPerson(text: string): Criterion {
  return { text, judge: () => ({ result: 'unknown', evidence: 'a person has to judge this' }) };
}

/**
 * Reads a criterion in one of the forms a program can judge: "`PATH` is changed" (or added, modified,
 * deleted, renamed), "`TEXT` occurs in `PATH`", "`TEXT` does not occur in `PATH`", "no test fails that
 * passed before". Any other text becomes {@link forAPerson}.
 */
export function readCriterion(text: string): Criterion {
  const words = text.trim().replace(/\.$/, '');
  const status = /^`([^`]+)` is (changed|added|modified|deleted|renamed)$/.exec(words);
  if (status?.[1] !== undefined) {
    return status[2] === 'changed'
      ? fileIsChanged(status[1])
      : fileHasStatus(status[1], status[2] as ChangedFile['status']);
  }
  const occurs = /^`([^`]+)` (occurs|does not occur) in `([^`]+)`$/.exec(words);
  if (occurs?.[1] !== undefined && occurs[3] !== undefined) {
    return textOccurs(occurs[1], occurs[3], occurs[2] === 'occurs');
  }
  return words === noNewFailure().text ? noNewFailure() : forAPerson(text);
}

/** The criteria of a plan: each file of each task is changed, then the plan's own criteria. */
export function criteriaOf(plan: Pick<Plan, 'plan' | 'acceptance_criteria'>): Criterion[] {
  const paths = new Set(plan.plan.flatMap((task) => task.files));
  return [...[...paths].map(fileIsChanged), ...plan.acceptance_criteria.map(readCriterion)];
}

function describe(file: ChangedFile): string {
  return `${file.path} is ${file.status}${file.oldPath === undefined ? '' : ` from ${file.oldPath}`}`;
}

function lineOf(content: string, text: string): number | undefined {
  // A name counts as a whole word: `user` does not occur in `users`.
  const isName = /^[\p{L}\p{N}_$]+$/u.test(text);
  const source = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const pattern = isName ? `(?<![\\p{L}\\p{N}_$])${source}(?![\\p{L}\\p{N}_$])` : source;
  const found = new RegExp(pattern, 'u').exec(content);
  return found === null ? undefined : content.slice(0, found.index).split('\n').length;
}
