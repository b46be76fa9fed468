/** Where a forge looks for the text a new pull request begins with, case-insensitive, first match wins. */
const PLACES = {
  github: [
    '.github/pull_request_template.md',
    '.github/pull_request_template.txt',
    'pull_request_template.md',
    'pull_request_template.txt',
    'docs/pull_request_template.md',
    'docs/pull_request_template.txt',
  ],
  gitlab: ['.gitlab/merge_request_templates/default.md'],
} as const;

/** The path of the repository's own template among its files. */
export function templatePath(
  kind: 'github' | 'gitlab',
  paths: readonly string[],
): string | undefined {
  const byLower = new Map(paths.map((path) => [path.toLowerCase(), path]));
  return PLACES[kind].map((place) => byLower.get(place)).find((path) => path !== undefined);
}

/** The parts of our text that fit under headings of a template. */
export interface TemplateParts {
  summary: string;
  tests: string;
  notes: string;
}

const HEADINGS: readonly { part: keyof TemplateParts; pattern: RegExp }[] = [
  { part: 'tests', pattern: /\b(test|testing|tests|tested|verification|qa|how has this been)\b/i },
  {
    part: 'summary',
    pattern: /\b(summary|description|what|overview|changes?|motivation|purpose|context)\b/i,
  },
  { part: 'notes', pattern: /\b(notes?|reviewers?|additional|other|misc)\b/i },
];

/**
 * Fills a template: each part goes under the first heading that asks for it, instructions in comments
 * are dropped, check boxes stay unticked: ticking them is a person's word.
 * @returns the text, and the parts no heading asked for
 */
export function fillTemplate(
  template: string,
  parts: TemplateParts,
): { text: string; left: (keyof TemplateParts)[] } {
  const left = new Set<keyof TemplateParts>(['summary', 'tests', 'notes']);
  const clean = template.replace(/<!--[\s\S]*?-->/g, '').replace(/\r\n/g, '\n');
  const lines: string[] = [];
  for (const line of clean.split('\n')) {
    lines.push(line);
    const heading = /^#{1,6}\s+(.+)$/.exec(line)?.[1];
    if (heading === undefined) continue;
    const asked = HEADINGS.find(({ part, pattern }) => left.has(part) && pattern.test(heading));
    if (asked === undefined) continue;
    left.delete(asked.part);
    lines.push('', parts[asked.part].trim(), '');
  }
  return {
    text: lines
      .join('\n')
      .replace(/\n{3,}/g, '\n\n')
      .trim(),
    left: [...left],
  };
}
