import { HilError } from '@hil/contracts';

/** What a branch of ours is named after. */
export interface BranchNameParts {
  /** Conventional Commit type; types without a prefix of their own become `chore`. */
  type: string;
  scope?: string | undefined;
  subject: string;
  runId: string;
}

const PREFIXES = new Set(['feat', 'fix', 'refactor', 'chore']);
const FORBIDDEN = /[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|(^|\/)\.|\.lock(\/|$)/u;

/**
 * Checks a branch name by the rules of `git check-ref-format`, and refuses what could be read as an option.
 * @throws HilError validation_error
 * @returns the same name
 */
export function checkBranchName(name: string): string {
  const bad =
    name === '' ||
    name === '@' ||
    name === 'HEAD' ||
    name.length > 200 ||
    /^[-/]|[/.]$/.test(name) ||
    name.startsWith('refs/') ||
    FORBIDDEN.test(name);
  if (bad) {
    const shown = JSON.stringify(name.slice(0, 80));
    throw new HilError(
      'validation_error',
      `${shown} is not a branch name git accepts. Give a name such as "main" or "feat/search".`,
    );
  }
  return name;
}

/** `feat|fix|refactor|chore/<scope>-<short>-<run>`: the same run always gets the same branch. */
export function branchNameFor(parts: BranchNameParts): string {
  const prefix = PREFIXES.has(parts.type) ? parts.type : 'chore';
  const words = [slug(parts.scope ?? '', 24), slug(parts.subject, 40)].filter((w) => w !== '');
  const run = parts.runId
    .replace(/[^A-Za-z0-9]/g, '')
    .toLowerCase()
    .slice(0, 8);
  return checkBranchName(`${prefix}/${[...words, run].filter((w) => w !== '').join('-')}`);
}

function slug(text: string, max: number): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, max)
    .replace(/^-+|-+$/g, '');
}
