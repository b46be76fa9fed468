import { type ApprovalRequest, type PlanApprovalRequest, isOfPlan } from '@hil/contracts';
import { renderDiff } from './diff.js';
import { count, indent, plain, type Colours } from './terminal-text.js';

const TITLES = {
  plan: 'Plan',
  diff: 'Change',
  scope: 'More files than approved',
  unsandboxed: 'Run without a sandbox',
  budget: 'Budget reached',
} as const;

/** How many impacted files and callers a card lists. */
const LISTED = 8;

/** All that a person needs for a decision: what, where, what it reaches, and until when. */
export function renderApproval(request: ApprovalRequest, colours: Colours): string {
  const bar = colours.yellow('│');
  const lines = isOfPlan(request) ? ofPlan(request, colours) : beforePlan(request, colours);
  return lines
    .map((line) =>
      line
        .split('\n')
        .map((part) => `${bar} ${part}`)
        .join('\n'),
    )
    .join('\n');
}

/** A budget that was used up while it was still read what is wanted, or planned. */
function beforePlan(request: ApprovalRequest, colours: Colours): string[] {
  return [
    colours.bold(`${TITLES[request.kind]}, before there is a plan`),
    plain(request.message),
    `Expires   ${request.expires_at}`,
  ];
}

function ofPlan(request: PlanApprovalRequest, colours: Colours): string[] {
  const { plan, impact } = request;
  const risk = { low: colours.green, medium: colours.yellow, high: colours.red }[impact.risk];
  return [
    colours.bold(`${TITLES[request.kind]}, revision ${request.revision}: ${plain(plan.summary)}`),
    plain(request.message),
    ...(plan.reason === undefined ? [] : [colours.dim(`because: ${plain(plan.reason)}`)]),
    '',
    ...(request.kind === 'diff' ? hunks(request, colours) : tasks(request, colours)),
    `Risk      ${risk(impact.risk)} (${Math.round(impact.score)} of 100)`,
    ...impact.reasons.map((reason) => colours.dim(`          ${plain(reason)}`)),
    `Reaches   ${reach(request)}`,
    ...impact.impacted
      .slice(0, LISTED)
      .map(({ path, depth }) => colours.dim(`          ${plain(path)} (distance ${depth})`)),
    ...more(impact.counts.impacted - Math.min(LISTED, impact.impacted.length), colours),
    ...criteria(request),
    `Base      ${request.base_sha.slice(0, 12)}   plan ${request.plan_hash.slice(0, 12)}`,
    `Expires   ${request.expires_at}`,
  ];
}

function tasks({ plan }: PlanApprovalRequest, colours: Colours): string[] {
  const lines = plan.plan.flatMap((task, index) => [
    `${index + 1}. ${plain(task.task)}`,
    ...task.files.map((file) => colours.dim(`   ${plain(file)}`)),
    ...task.changes.map((change) => `   - ${plain(change)}`),
    ...(task.notes === '' ? [] : [colours.dim(indent(plain(task.notes), 3))]),
  ]);
  return [...lines, ''];
}

function hunks(request: PlanApprovalRequest, colours: Colours): string[] {
  return [
    ...(request.hunks ?? []).flatMap((hunk) => [
      `${colours.bold(plain(hunk.file))} ${colours.dim(`[${plain(hunk.id)}]`)}`,
      renderDiff(hunk.diff, colours),
    ]),
    '',
  ];
}

function reach({ impact: { counts } }: PlanApprovalRequest): string {
  return [
    count(counts.impacted, 'module'),
    count(counts.callers, 'caller'),
    count(counts.endpoints, 'endpoint'),
    count(counts.affected_tests, 'test file'),
  ].join(', ');
}

function more(number: number, colours: Colours): string[] {
  return number > 0 ? [colours.dim(`          and ${number} more`)] : [];
}

function criteria({ plan }: PlanApprovalRequest): string[] {
  return plan.acceptance_criteria.map(
    (text, index) => `${index === 0 ? 'Accept if' : '         '} ${plain(text)}`,
  );
}
