import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '@hil/config';
import type { Impact } from '@hil/contracts';
import { type PolicyFacts, decideApproval } from './approval-policy.js';

const agent = (env: Record<string, string> = {}) =>
  loadConfig({ env, envFile: '/nowhere/.env', shape: 'embedded' }).agent;

const impact = (more: Partial<Impact> = {}, counts: Partial<Impact['counts']> = {}): Impact => ({
  risk: 'low',
  score: 5,
  reasons: [],
  targets: ['src/a.ts'],
  impacted: [],
  callers: [],
  endpoints: [],
  affected_tests: ['src/a.spec.ts'],
  truncated: false,
  counts: { impacted: 1, callers: 0, endpoints: 0, affected_tests: 1, ...counts },
  ...more,
});

const simple: PolicyFacts = {
  files: ['src/a.ts'],
  impact: impact(),
  humanApproval: true,
  sentBack: false,
};

const PERMISSIVE = { AGENT_APPROVAL_REQUIRED: 'false', AGENT_AUTO_APPLY_LOW_RISK: 'true' };

describe('the approval policy', () => {
  it('asks a person about every plan unless settings say otherwise', () => {
    expect(decideApproval(simple, agent())).toMatchObject({ ask: true });
  });

  it('lets a low-risk change of one tested file pass with AGENT_AUTO_APPLY_LOW_RISK, and says why', () => {
    const decision = decideApproval(simple, agent({ AGENT_AUTO_APPLY_LOW_RISK: 'true' }));
    expect(decision).toEqual({
      ask: false,
      reason: expect.stringContaining('low risk') as unknown,
    });
  });

  it.each<[string, Partial<PolicyFacts>]>([
    ['two files', { files: ['src/a.ts', 'src/b.ts'] }],
    ['medium risk', { impact: impact({ risk: 'medium' }) }],
    ['no test', { impact: impact({}, { affected_tests: 0 }) }],
  ])('still asks with AGENT_AUTO_APPLY_LOW_RISK when there is %s', (_name, more) => {
    const decision = decideApproval(
      { ...simple, ...more },
      agent({ AGENT_AUTO_APPLY_LOW_RISK: 'true' }),
    );
    expect(decision.ask).toBe(true);
  });

  it('lets more pass with AGENT_APPROVAL_REQUIRED=false', () => {
    const facts = {
      ...simple,
      files: ['src/a.ts', 'src/b.ts'],
      impact: impact({ risk: 'medium' }),
    };
    expect(decideApproval(facts, agent({ AGENT_APPROVAL_REQUIRED: 'false' })).ask).toBe(false);
  });

  it.each<[string, Partial<PolicyFacts>]>([
    ['high risk', { impact: impact({ risk: 'high' }) }],
    ['wide impact', { impact: impact({}, { impacted: 6 }) }],
    ['a migration', { files: ['db/migrations/1.sql'] }],
    ['a CI file', { files: ['.github/workflows/ci.yml'] }],
    ['a dependency change', { files: ['package.json'] }],
    ['a plan that a person sent back', { sentBack: true }],
  ])('asks about %s whatever the settings say', (_name, more) => {
    expect(decideApproval({ ...simple, ...more }, agent(PERMISSIVE)).ask).toBe(true);
  });

  it('leaves migrations to the other rules with REQUIRE_HUMAN_APPROVAL_FOR_MIGRATIONS=false', () => {
    const settings = { ...PERMISSIVE, REQUIRE_HUMAN_APPROVAL_FOR_MIGRATIONS: 'false' };
    const facts = { ...simple, files: ['db/migrations/1.sql'] };
    expect(decideApproval(facts, agent(settings)).ask).toBe(false);
  });
});
