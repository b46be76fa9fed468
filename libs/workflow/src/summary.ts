import { type Outcome, type Stage, type Summary, isFinal } from '@hil/contracts';
import type { Run } from './run.js';

const NO_USAGE = { input_tokens: 0, output_tokens: 0, cost_usd: 0, model: 'recipes' };

/** The closing report of a run, made of what its stages left in the context. */
export function summaryOf(run: Run): Summary {
  if (!isFinal(run.state) || run.outcome === null) {
    throw new Error(`run ${run.id} is ${run.state}: a summary exists only of an ended run`);
  }
  const { context } = run;
  const edit = context.edit;
  const summary: Summary = {
    message: context.ending ?? messageOf(run.outcome),
    outcome: run.outcome,
    patch_url: `/api/runs/${run.id}/patch`,
    bundle_url: `/api/runs/${run.id}/bundle`,
    record_url: `/api/runs/${run.id}/record`,
    files: (edit?.files ?? []).map(({ path, additions, deletions }) => ({
      path,
      additions,
      deletions,
    })),
    tests: context.tests ?? {
      status: 'not_run',
      message: edit === undefined ? 'not run: no change was made' : 'not run: the run ended before',
      new_failures: [],
      fixed: [],
      known_failures: [],
    },
    verification: context.verification ?? [],
    usage: usageOf(run),
    risks: context.impact?.reasons ?? [],
    next_steps: nextSteps(run),
  };
  if (context.repository !== undefined) summary.base_sha = context.repository.baseSha;
  if (edit !== undefined) summary.head_sha = edit.headSha;
  if (context.delivery?.branch !== undefined) summary.branch = context.delivery.branch;
  const { pullRequest } = context.delivery ?? {};
  if (pullRequest !== undefined) {
    summary.pr_url = pullRequest.url;
    summary.pr_number = pullRequest.number;
  }
  return summary;
}

function usageOf({ context: { usage } }: Run): Summary['usage'] {
  if (usage === undefined || usage.calls === 0) return NO_USAGE;
  return {
    input_tokens: usage.inputTokens,
    output_tokens: usage.outputTokens,
    cost_usd: usage.costUsd,
    model: usage.models.join(', '),
    calls: usage.calls,
    stages: Object.entries(usage.byStage).map(([stage, spent]) => ({
      stage: stage as Stage,
      calls: spent.calls,
      input_tokens: spent.inputTokens,
      output_tokens: spent.outputTokens,
      cost_usd: spent.costUsd,
    })),
  };
}

function messageOf(outcome: Outcome): string {
  switch (outcome) {
    case 'pr_created':
      return 'The change is in a pull request.';
    case 'patch_ready':
      return 'The change is ready as a patch.';
    case 'answered':
      return 'Answered.';
    case 'rejected':
      return 'The plan was rejected; nothing was changed.';
    case 'cancelled':
      return 'The run was cancelled.';
    case 'expired':
      return 'Nobody decided in time; nothing was approved.';
    case 'failed':
      return 'The run failed.';
  }
}

function nextSteps(run: Run): string[] {
  const { context, outcome } = run;
  const hasPatch = (context.edit?.commits.length ?? 0) > 0;
  const steps: string[] = [];
  if (outcome === 'pr_created') {
    const { pullRequest } = context.delivery ?? {};
    steps.push(
      `Review ${pullRequest?.url ?? 'the pull request'}${pullRequest?.draft === true ? ', mark it as ready' : ''} and merge it.`,
    );
  } else if (outcome === 'patch_ready') {
    const { branch } = context.delivery ?? {};
    if (branch !== undefined)
      steps.push(`Review branch ${branch} and open a pull request from it.`);
    steps.push(
      `${branch === undefined ? 'Apply' : 'Or apply'} the patch on ${run.context.repository?.baseSha.slice(0, 12) ?? 'the base commit'}: git apply the download of /api/runs/${run.id}/patch.`,
    );
  } else if (hasPatch) {
    steps.push(
      `A candidate patch can be downloaded from /api/runs/${run.id}/patch; it was not accepted by all checks.`,
    );
  }
  if (outcome === 'expired' || outcome === 'cancelled') {
    steps.push('Send the message again to start a new run.');
  }
  return steps;
}
