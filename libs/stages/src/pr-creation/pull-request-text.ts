import type { TestSummary } from '@hil/contracts';
import { fillTemplate, markerOf, ownPart } from '@hil/version-control';
import type { GivenApproval, Run } from '@hil/workflow';
import { cell, code, list, plain } from './markdown.js';

/** What a pull request says. */
export interface PullRequestText {
  title: string;
  body: string;
}

export interface PullRequestTextInput {
  run: Run;
  changeRequestId: string;
  /** Which push of the change request this is. */
  revision: number;
  /** Every yes of the run. */
  approvals: readonly GivenApproval[];
  /** Text of the repository's own template. */
  template?: string | undefined;
  /** Where people reach this server. */
  publicUrl?: string | undefined;
  limits: { title: number; body: number };
}

/** Entries of each list, tried from the left until the text fits the forge. */
const LIST_LENGTHS = [200, 80, 30, 10, 3];
const DRAFT_PREFIX_LENGTH = 'Draft: '.length;

/**
 * Title (a Conventional Commit) and body of a run's pull request. Pure; text from outside is escaped, the
 * body fits the forge's limit and ends with a hidden marker.
 */
export function pullRequestText(input: PullRequestTextInput): PullRequestText {
  const { run, limits, changeRequestId } = input;
  const head = run.context.edit?.headSha ?? '';
  const marker = markerOf(changeRequestId, head);
  const room = limits.body - marker.length - 100;
  let body = '';
  for (const most of LIST_LENGTHS) {
    body = compose(input, most);
    if (body.length <= room) break;
  }
  if (body.length > room) {
    body = ownPart(sections({ ...input, template: undefined }, 3).slice(0, room - 200));
  }
  return { title: titleOf(run, limits.title - DRAFT_PREFIX_LENGTH), body: `${body}\n\n${marker}` };
}

/** What a further revision says under its pull request, and the hidden marker by which it is found again. */
export function revisionComment(input: PullRequestTextInput): { text: string; marker: string } {
  const { revision, run } = input;
  const head = code((run.context.edit?.headSha ?? '').slice(0, 12));
  const title = `**Revision ${revision} of this change**, up to commit ${head}. It was planned and approved anew; what was here before stays.`;
  const marker = `<!-- hil:revision=${input.run.context.edit?.headSha ?? ''} -->`;
  const room = input.limits.body - marker.length - 100;
  for (const most of LIST_LENGTHS) {
    const text = `${title}\n\n${sections(input, most)}`;
    if (text.length <= room) return { text: `${text}\n\n${marker}`, marker };
  }
  const cut = `${title}\n\n${sections(input, 3)}`.slice(0, room);
  return { text: `${cut}…\n\n${marker}`, marker };
}

function titleOf(run: Run, max: number): string {
  const { type, scope, subject } = run.context.plan?.commit ?? {
    type: 'chore',
    scope: '',
    subject: 'change',
  };
  const words = subject
    .replace(/[\u0000-\u001f\u007f\u200b-\u200f\u2028-\u202e\u2060-\u2069]+/gu, ' ')
    .trim();
  // A squash merge makes the title a commit message: "fixes #12" in it would close an issue.
  const tame = words.replace(/([@#!])(?=\w)/g, '$1\u200b');
  const part = scope.replace(/[^\w./-]+/g, '-').replace(/^-+|-+$/g, '');
  const title = `${type}${part === '' ? '' : `(${part})`}: ${tame}`;
  return title.length <= max ? title : `${title.slice(0, max - 1)}…`;
}

function compose(input: PullRequestTextInput, most: number): string {
  if (input.template === undefined || input.template.trim() === '')
    return ownPart(sections(input, most));
  const parts = {
    summary: summary(input.run),
    tests: checks(input.run, most),
    notes: reviewerNotes(input.run, most),
  };
  const { text, left } = fillTemplate(input.template, parts);
  const rest = [
    ...(left.includes('summary') ? [`## Summary\n\n${parts.summary}`] : []),
    ...planAndFiles(input, most),
    ...(left.includes('tests') ? [`## Tests and checks\n\n${parts.tests}`] : []),
    ...rollout(input.run, most),
    ...(left.includes('notes') ? [`## Notes for reviewers\n\n${parts.notes}`] : []),
    origin(input),
  ];
  return `${text}\n\n${ownPart(rest.join('\n\n'))}`;
}

function sections(input: PullRequestTextInput, most: number): string {
  const { run } = input;
  return [
    `## Summary\n\n${summary(run)}`,
    ...planAndFiles(input, most),
    `## Tests and checks\n\n${checks(run, most)}`,
    ...rollout(run, most),
    `## Notes for reviewers\n\n${reviewerNotes(run, most)}`,
    origin(input),
  ].join('\n\n');
}

function summary({ context }: Run): string {
  return plain(context.plan?.summary ?? context.intent?.description ?? '', 2_000);
}

function planAndFiles({ run, approvals }: PullRequestTextInput, most: number): string[] {
  const { plan, approved, edit, impact } = run.context;
  const tasks = (plan?.plan ?? []).map(({ task }) => plain(task.split('\n')[0] ?? '', 300));
  const files = (edit?.files ?? []).map(
    ({ path, status, additions, deletions }) =>
      `| ${cell(path)} | ${status} | +${additions} −${deletions} |`,
  );
  const shown = files.slice(0, most);
  const more = files.length > most ? `\n\n… and ${files.length - most} more files` : '';
  const reach = impact?.counts;
  return [
    `## Plan\n\n${list(tasks, most)}\n\n${approvalLine(run)}${otherApprovals(approvals, most)}`,
    `## Files changed\n\n| File | Status | Lines |\n| --- | --- | --- |\n${shown.join('\n')}${more}`,
    ...(impact === undefined
      ? []
      : [
          `## Impact\n\nRisk: **${impact.risk}** (${impact.score} of 100). Depending on the changed modules: ${reach?.impacted ?? 0} modules, ${reach?.callers ?? 0} callers, ${reach?.endpoints ?? 0} endpoints, ${reach?.affected_tests ?? 0} tests.\n\n${list(
            impact.reasons.map((reason) => plain(reason)),
            most,
          )}`,
        ]),
    ...(approved?.notes === undefined || approved.notes === ''
      ? []
      : [`## Words of the approver\n\n${plain(approved.notes, 1_000)}`]),
  ];
}

function approvalLine({ context }: Run): string {
  const { plan, approved } = context;
  if (plan === undefined || approved === undefined) return '';
  return `Revision ${plan.revision} approved by ${code(approved.decidedBy)} at ${approved.decidedAt}; plan hash ${code(approved.planHash)}, base ${code(approved.baseSha)}.`;
}

/** Everything besides the plan that somebody said yes to. */
function otherApprovals(approvals: readonly GivenApproval[], most: number): string {
  const lines = approvals
    .filter(({ kind }) => kind !== 'plan')
    .map((approval) => {
      const head = approval.headSha === undefined ? '' : `, head commit ${code(approval.headSha)}`;
      return `${subjectOf(approval)}: by ${code(approval.by)} at ${approval.at.toISOString()}; hash ${code(approval.subjectHash)}${head}`;
    });
  return lines.length === 0 ? '' : `\n\nAlso approved:\n\n${list(lines, most)}`;
}

function subjectOf({ kind, inPart, files = [] }: GivenApproval): string {
  switch (kind) {
    case 'plan':
      return 'the plan';
    case 'diff':
      return inPart ? 'a part of the diff' : 'the diff';
    case 'scope':
      return files.length === 0
        ? 'more than the plan'
        : `files beyond the plan (${files
            .slice(0, 10)
            .map((path) => code(path))
            .join(', ')})`;
    case 'unsandboxed':
      return 'tests without a sandbox';
    case 'budget':
      return 'a larger budget';
  }
}

function checks({ context }: Run, most: number): string {
  const rows = [
    ...testRows(context.tests),
    ...(context.verification ?? []).map(
      ({ check, status, message }) =>
        `| ${plain(check, 120)} | ${status.replace('_', ' ')} | ${plain(message, 200)} |`,
    ),
  ];
  const more = rows.length > most ? `\n\n… and ${rows.length - most} more` : '';
  return `| Check | Result | Evidence |\n| --- | --- | --- |\n${rows.slice(0, most).join('\n')}${more}`;
}

function testRows(tests: TestSummary | undefined): string[] {
  if (tests === undefined) return [];
  const { framework, baseline, after, status, message } = tests;
  const numbers =
    after === undefined
      ? plain(message, 200)
      : `before: ${baseline?.passed ?? 0} passed, ${baseline?.failed ?? 0} failed; after: ${after.passed} passed, ${after.failed} failed, ${after.skipped} skipped`;
  return [`| ${plain(framework ?? 'tests', 80)} | ${status.replace('_', ' ')} | ${numbers} |`];
}

function rollout({ context }: Run, most: number): string[] {
  const { plan, edit } = context;
  const migrations = plan?.migrations ?? [];
  const revert =
    (edit?.commits.length ?? 0) > 1
      ? 'Revert the merge of this pull request as a whole.'
      : 'Revert the one commit of this pull request.';
  return [
    `## Migrations\n\n${
      migrations.length === 0
        ? 'None.'
        : list(
            migrations.map((text) => plain(text)),
            most,
          )
    }`,
    `## Rollout\n\n${
      migrations.length === 0
        ? 'Nothing besides the usual deployment.'
        : 'Apply the migrations above before the new code serves traffic.'
    }`,
    `## Rollback\n\n${revert}${migrations.length === 0 ? '' : ' Undo the migrations above first; look whether they lose data.'}`,
  ];
}

function reviewerNotes({ context }: Run, most: number): string {
  const open = (context.verification ?? []).filter(({ status }) => status !== 'passed');
  const notes = [
    ...open.map(
      ({ check, status, message }) =>
        `${plain(check, 120)}: ${status.replace('_', ' ')} (${plain(message, 200)})`,
    ),
    ...(context.tests?.known_failures ?? []).map(
      (name) => `failed before this change too: ${plain(name, 200)}`,
    ),
    ...(context.extraFiles ?? []).map(
      (path) => `changed beyond the plan, as a person allowed: ${code(path)}`,
    ),
  ];
  return notes.length === 0 ? 'Every check passed.' : list(notes, most);
}

function origin({ run, publicUrl, revision }: PullRequestTextInput): string {
  const at = `${publicUrl}/api/runs/${run.id}`;
  const where =
    publicUrl === undefined
      ? `. Its signed record: ${code(`/api/runs/${run.id}/record`)} on the server`
      : ` ([its facts](${at}), [its signed record](${at}/record))`;
  return `---\n\nMade by hil in run ${code(run.id)}${where}. Revision ${revision} of this change.`;
}
