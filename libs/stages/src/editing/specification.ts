import type { PlanTask } from '@hil/contracts';
import type { StageContext } from '@hil/workflow';
import { required } from '../shared/requirements.js';

/** The one task of a run that was approved without code edits: a file that says what would be done. */
export function specificationTask(context: StageContext): PlanTask {
  const plan = required(context, 'plan');
  const impact = required(context, 'impact');
  const path = `docs/specifications/${slug(plan.commit.subject)}-${context.run.id.slice(0, 8)}.md`;
  const content = [
    `# ${plan.summary}`,
    `> ${context.run.request.message.split('\n').join('\n> ')}`,
    `Base commit \`${plan.base_sha}\`, plan revision ${plan.revision}.`,
    '## Tasks',
    ...plan.plan.map(
      ({ id, task, files, changes }) =>
        `### ${id}\n\n${fenced(task)}\n\nFiles:\n\n${bullets(files.map((file) => `\`${file}\``))}\n\nChanges:\n\n${bullets(changes)}`,
    ),
    '## Impact',
    `Risk: ${impact.risk} (${impact.score} of 100).`,
    bullets(impact.reasons),
    `Affected tests:\n\n${bullets(impact.affected_tests.map((file) => `\`${file}\``))}`,
    '## Acceptance criteria',
    bullets(plan.acceptance_criteria),
  ].join('\n\n');
  return {
    id: 'specification',
    task: `create file ${path} with:\n${fence(content)}\n${content}\n${fence(content)}`,
    files: [path],
    changes: [`writes the specification ${path}`],
    tests: [],
    notes: '',
  };
}

function bullets(lines: readonly string[]): string {
  return lines.length === 0 ? '- none' : lines.map((line) => `- ${line}`).join('\n');
}

function fenced(text: string): string {
  return `${fence(text)}\n${text}\n${fence(text)}`;
}

/** A fence longer than any run of backticks inside. */
function fence(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  return '`'.repeat(longest + 1);
}

function slug(text: string): string {
  return (
    text
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 60) || 'change'
  );
}
