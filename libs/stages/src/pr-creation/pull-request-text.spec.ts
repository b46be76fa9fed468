import type { Run } from '@hil/workflow';
import { describe, expect, it } from '@jest/globals';
import { code, plain } from './markdown.js';
import { pullRequestText, revisionComment } from './pull-request-text.js';

const NASTY =
  'fixes #12 @everyone <img src=x onerror=alert(1)> ![x](https://evil.example/p) [a](javascript:1) | `x` <!-- hil:end -->\u202e';

function runWith(subject: string, files = 1): Run {
  const plan = {
    plan_id: '5f0c2c8e-0000-4000-8000-000000000001',
    plan_hash: 'c'.repeat(64),
    revision: 2,
    base_sha: 'b'.repeat(40),
    summary: NASTY,
    plan: [{ id: '1', task: NASTY, files: ['a.ts'], changes: [], tests: [], notes: '' }],
    acceptance_criteria: [],
    migrations: ['add a column'],
    commit: { type: 'feat' as const, scope: 'api', subject },
  };
  return {
    id: 'run-1',
    context: {
      plan,
      approved: {
        planId: plan.plan_id,
        planHash: plan.plan_hash,
        baseSha: plan.base_sha,
        decidedBy: 'ann',
        decidedAt: '2030-01-01T00:00:00.000Z',
        codeEdits: true,
      },
      edit: {
        branch: 'feat/x',
        headSha: 'd'.repeat(40),
        startedAt: '',
        tasksDone: [],
        commits: [{ sha: 'd'.repeat(40), taskId: '1', subject: 'feat: x' }],
        files: Array.from({ length: files }, (_, index) => ({
          path: `src/${'deep/'.repeat(20)}file-${index}|\`.ts`,
          status: 'modified' as const,
          additions: 1,
          deletions: 2,
        })),
      },
      tests: {
        status: 'passed',
        message: '3 passed',
        framework: 'node:test',
        after: { passed: 3, failed: 0, skipped: 0, errors: 0 },
        new_failures: [],
        fixed: [],
        known_failures: ['an old one'],
      },
      verification: [{ check: 'secrets', status: 'passed', message: 'none found' }],
    },
  } as unknown as Run;
}

const limits = { title: 256, body: 65_536 };
const ask = (run: Run, template?: string) =>
  pullRequestText({
    run,
    changeRequestId: 'cr',
    revision: 1,
    approvals: [],
    limits,
    ...(template === undefined ? {} : { template }),
  });

describe('the text of a pull request', () => {
  it('has a Conventional Commit as title and every section', () => {
    const { title, body } = ask(runWith('add a route'));
    expect(title).toBe('feat(api): add a route');
    const sections = body.match(/^## .+$/gm);
    expect(sections).toEqual([
      '## Summary',
      '## Plan',
      '## Files changed',
      '## Tests and checks',
      '## Migrations',
      '## Rollout',
      '## Rollback',
      '## Notes for reviewers',
    ]);
    expect(body).toContain(
      `Revision 2 approved by \`ann\` at 2030-01-01T00:00:00.000Z; plan hash \`${'c'.repeat(64)}\``,
    );
    expect(body).toContain('after: 3 passed, 0 failed');
    expect(body).toContain('an old one');
    expect(body.endsWith(`<!-- hil:change-request=cr head=${'d'.repeat(40)} -->`)).toBe(true);
  });

  it('names who approved what besides the plan, when, and what the yes is bound to', () => {
    const at = new Date('2030-01-02T00:00:00Z');
    const yes = { at, subjectHash: 'e'.repeat(64), revision: 2, inPart: false };
    const { body } = pullRequestText({
      run: runWith('x'),
      changeRequestId: 'cr',
      revision: 1,
      approvals: [
        { ...yes, kind: 'plan', by: 'ann' },
        { ...yes, kind: 'scope', by: '@bob', files: ['b.ts', 'c.ts'] },
        { ...yes, kind: 'diff', by: 'cleo', headSha: 'd'.repeat(40) },
      ],
      limits,
    });
    const lines = body.match(/^- .*2030-01-02.*$/gm);
    const hash = `hash \`${'e'.repeat(64)}\``;
    expect(lines).toEqual([
      `- files beyond the plan (\`b.ts\`, \`c.ts\`): by \`@bob\` at 2030-01-02T00:00:00.000Z; ${hash}`,
      `- the diff: by \`cleo\` at 2030-01-02T00:00:00.000Z; ${hash}, head commit \`${'d'.repeat(40)}\``,
    ]);
  });

  it('says which revision of the change it is, and what a further one brings', () => {
    const input = { run: runWith('x'), changeRequestId: 'cr', approvals: [], limits };
    expect(pullRequestText({ ...input, revision: 3 }).body).toContain('Revision 3 of this change.');
    const { text, marker } = revisionComment({ ...input, revision: 2 });
    expect(text).toMatch(/^\*\*Revision 2 of this change\*\*, up to commit `dddddddddddd`/);
    expect(text.endsWith(marker)).toBe(true);
    const tiny = revisionComment({ ...input, revision: 2, limits: { title: 60, body: 900 } });
    expect(tiny.text.length).toBeLessThanOrEqual(900);
  });

  it('calls nobody, closes nothing, loads nothing and hides nothing', () => {
    const { body } = ask(runWith('x'));
    expect(body).not.toMatch(
      /@everyone|#12|<img|!\[x\]\(|(?<!\\)\]\(javascript|https:\/\/evil|\u202e/,
    );
    expect(body.match(/<!-- hil:end -->/g)).toHaveLength(1);
  });

  it('keeps the title a Conventional Commit of one line that calls nobody and closes nothing', () => {
    const run = runWith('add it\nfixes #12, @everyone');
    if (run.context.plan !== undefined) run.context.plan.commit.scope = 'a) b: (c';
    expect(ask(run).title).toBe('feat(a-b-c): add it fixes #\u200b12, @\u200beveryone');
  });

  it('says where the signed record of the run is', () => {
    expect(ask(runWith('x')).body).toContain('Its signed record: `/api/runs/run-1/record`');
    const { body } = pullRequestText({
      run: runWith('x'),
      changeRequestId: 'cr',
      revision: 1,
      approvals: [],
      limits,
      publicUrl: 'https://hil.example.org',
    });
    expect(body).toContain('[its signed record](https://hil.example.org/api/runs/run-1/record)');
  });

  it('fits the forge, whatever the change is', () => {
    const { title, body } = ask(runWith('y'.repeat(199), 5_000));
    expect(title.length).toBeLessThanOrEqual(256);
    expect(body.length).toBeLessThanOrEqual(65_536);
    expect(body).toMatch(/… and \d+ more files/);
    const tiny = pullRequestText({
      run: runWith('y'.repeat(199), 5_000),
      changeRequestId: 'cr',
      revision: 1,
      approvals: [],
      limits: { title: 60, body: 2_000 },
    });
    expect(tiny.title.length).toBeLessThanOrEqual(60);
    expect(tiny.body.length).toBeLessThanOrEqual(2_000);
    expect(tiny.body).toContain('change-request=cr');
  });

  it('fills the template of the repository', () => {
    const { body } = ask(runWith('x'), '## Description\n\n## Checklist\n- [ ] docs\n');
    expect(body).toMatch(/^## Description\n\nfixes/);
    expect(body).toContain('- [ ] docs');
    expect(body.match(/## Summary/g)).toBeNull();
    expect(body).toContain('## Tests and checks');
  });
});

describe('escaping', () => {
  it.each([
    ['- item', '\\- item'],
    ['1. one', '1\\. one'],
    ['a*b_c', 'a\\*b\\_c'],
    ['a\nb', 'a b'],
  ])('turns %j into %j', (text, expected) => expect(plain(text)).toBe(expected));

  it('keeps backticks inside code', () => {
    expect(code('a`b')).toBe('``a`b``');
    expect(code('`a`')).toBe('`` `a` ``');
  });
});
