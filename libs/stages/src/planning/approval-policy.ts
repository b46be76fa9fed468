import type { Config } from '@hil/config';
import type { Impact } from '@hil/contracts';
import { sensitiveKind } from '@hil/verification';

/** What the policy looks at. */
export interface PolicyFacts {
  /** Every file of the plan. */
  files: readonly string[];
  impact: Impact;
  /** `human_approval` of the intent: may only raise the bar. */
  humanApproval: boolean;
  /** A person sent an earlier revision back, so a person decides on this one. */
  sentBack: boolean;
  /** Why the model that understood the request wants a person; it can only raise the bar. */
  raisedBy?: readonly string[];
}

/** Either a person must decide, with why, or the policy lets the plan pass, with why. */
export type PolicyDecision = { ask: true; reasons: string[] } | { ask: false; reason: string };

/**
 * Decides whether a plan needs a person. High risk, CI files, dependency changes and licence files always
 * do; wide impact above `maxImpactedFiles`; migrations unless `approveMigrations` is off, and then a person
 * sees the diff. The settings can only widen what passes below that line.
 */
export function decideApproval(facts: PolicyFacts, agent: Config['agent']): PolicyDecision {
  const reasons = alwaysAsk(facts, agent);
  if (reasons.length > 0) return { ask: true, reasons };
  if (!agent.approvalRequired) {
    return {
      ask: false,
      reason: 'AGENT_APPROVAL_REQUIRED=false and nothing in the plan always needs a person',
    };
  }
  if (facts.humanApproval && !agent.autoApplyLowRisk)
    return { ask: true, reasons: ['every plan needs approval'] };
  const simple = facts.files.length === 1 && facts.impact.risk === 'low';
  if (agent.autoApplyLowRisk && simple && facts.impact.counts.affected_tests > 0) {
    return {
      ask: false,
      reason: 'AGENT_AUTO_APPLY_LOW_RISK=true, one file, low risk, covered by tests',
    };
  }
  return { ask: true, reasons: ['every plan needs approval'] };
}

function alwaysAsk(
  { files, impact, sentBack, raisedBy = [] }: PolicyFacts,
  agent: Config['agent'],
): string[] {
  const reasons: string[] = [...raisedBy];
  if (sentBack) reasons.push('an earlier revision was sent back');
  if (impact.risk === 'high') reasons.push('high risk');
  if (impact.counts.impacted > agent.maxImpactedFiles) {
    reasons.push(`${impact.counts.impacted} impacted files (more than ${agent.maxImpactedFiles})`);
  }
  const kinds = new Set(files.map(sensitiveKind));
  if (kinds.has('migration') && agent.approveMigrations) reasons.push('migrations');
  if (kinds.has('ci')) reasons.push('CI files');
  if (kinds.has('dependency')) reasons.push('dependencies');
  if (kinds.has('licence')) reasons.push('licence files');
  return reasons;
}
