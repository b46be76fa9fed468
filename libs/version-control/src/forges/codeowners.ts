import { OwnersPattern } from './owners-pattern.js';

/** Where a CODEOWNERS file may lie, in the order each forge looks. */
export const CODEOWNERS_PATHS = {
  github: ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'],
  gitlab: ['CODEOWNERS', 'docs/CODEOWNERS', '.gitlab/CODEOWNERS'],
} as const;

/** Who owns changed files: logins, and teams as `org/team`. */
export interface Owners {
  users: string[];
  teams: string[];
}

interface Rule {
  pattern: OwnersPattern;
  owners: string[];
}

/** Files larger than this are not read, as GitHub does it. */
const MAX_LENGTH = 3 * 1024 * 1024;

/**
 * The owners of files by a CODEOWNERS file: for each file the last rule that matches counts. Sections of
 * GitLab (`[Section]`, also with owners of their own) each give their last match. E-mail addresses are left out.
 */
export function ownersOf(codeowners: string, files: readonly string[]): Owners {
  if (codeowners.length > MAX_LENGTH) return { users: [], teams: [] };
  const sections = parse(codeowners);
  const names = new Set<string>();
  for (const file of files) {
    const path = [...file];
    for (const rules of sections) {
      const rule = rules.findLast(({ pattern }) => pattern.matches(path));
      for (const owner of rule?.owners ?? []) names.add(owner);
    }
  }
  const logins = [...names].filter((name) => name.startsWith('@')).map((name) => name.slice(1));
  return {
    users: logins.filter((login) => !login.includes('/')),
    teams: logins.filter((login) => login.includes('/')),
  };
}

function parse(text: string): Rule[][] {
  const sections: Rule[][] = [[]];
  let shared: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    const words = line
      .replace(/(^|\s)#.*$/, '')
      .trim()
      .split(/(?<!\\)\s+/);
    const [first = '', ...owners] = words;
    if (first === '') continue;
    const section = /^\^?\[[^\]]+\](?:\[\d+\])?(.*)$/.exec(words.join(' '));
    if (section !== null) {
      shared = (section[1] ?? '')
        .trim()
        .split(/\s+/)
        .filter((name) => name !== '');
      sections.push([]);
      continue;
    }
    if (first.startsWith('!')) continue; // neither forge takes negations
    sections
      .at(-1)
      ?.push({ pattern: new OwnersPattern(first), owners: owners.length > 0 ? owners : shared });
  }
  return sections;
}
