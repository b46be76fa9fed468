import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HilClient, connect } from '@hil/client';
import {
  UPDATE_TYPES,
  parseClientFrame,
  type AgentUpdate,
  type ApprovalRequest,
  type ClientEvent,
  type NewUpdate,
  type Summary,
} from '@hil/contracts';
import { nobody, scriptedPerson, type Person } from './decide.js';
import { driveRun } from './drive-run.js';
import { terminalColours } from './render/terminal-text.js';
import { renderUpdate } from './render/update.js';

const SESSION = randomUUID();
const RUN = randomUUID();
const PLAN = randomUUID();
const HASH = 'a'.repeat(64);
const BASE = 'b'.repeat(40);

const approval: ApprovalRequest = {
  approval_id: randomUUID(),
  kind: 'plan',
  subject_hash: HASH,
  plan_id: PLAN,
  plan_hash: HASH,
  revision: 1,
  base_sha: BASE,
  plan: {
    summary: 'Rename findUser to getUserById',
    plan: [
      {
        id: 't1',
        task: 'rename findUser to getUserById in src/users.js',
        files: ['src/users.js', 'test/users.test.js'],
        changes: ['5 references'],
        tests: [],
        notes: '',
      },
    ],
    acceptance_criteria: ['no test fails that passed before'],
    migrations: [],
    commit: { type: 'refactor', scope: 'users', subject: 'rename findUser' },
    plan_id: PLAN,
    plan_hash: HASH,
    revision: 1,
    base_sha: BASE,
  },
  intent: {
    category: 'code_change',
    intent: 'rename',
    description: 'rename findUser',
    risk: 'low',
    tests_required: [],
    human_approval: true,
    constraints: [],
    target_modules: [],
  },
  impact: {
    risk: 'medium',
    score: 34,
    reasons: ['exported symbol'],
    targets: ['src/users.js'],
    impacted: [{ path: 'src/server.js', depth: 1 }],
    callers: [],
    endpoints: [],
    affected_tests: ['test/users.test.js'],
    truncated: false,
    counts: { impacted: 12, callers: 4, endpoints: 1, affected_tests: 2 },
  },
  message: 'The plan waits for your decision.',
  expires_at: '2026-12-01T00:00:00.000Z',
};

const summary: Summary = {
  message: 'the change is ready as a patch',
  outcome: 'patch_ready',
  patch_url: `/api/runs/${RUN}/patch`,
  bundle_url: `/api/runs/${RUN}/bundle`,
  files: [{ path: 'src/users.js', additions: 2, deletions: 2 }],
  tests: { status: 'passed', message: '9 passed', new_failures: [], fixed: [], known_failures: [] },
  verification: [{ check: 'secrets', status: 'passed', message: 'none found' }],
  usage: { input_tokens: 0, output_tokens: 0, cost_usd: 0, model: 'recipes' },
  risks: ['a look-alike was not touched'],
  next_steps: ['apply the patch'],
};

function update(seq: number, entry: NewUpdate): AgentUpdate {
  UPDATE_TYPES[entry.type].parse(entry.data);
  return {
    timestamp: '2026-01-01T00:00:00.000Z',
    stage: 'planning',
    session_id: SESSION,
    run_id: RUN,
    seq,
    attempt: 1,
    ...entry,
  } as AgentUpdate;
}

describe('renderUpdate', () => {
  const options = { colours: terminalColours(false), verbose: false };
  const render = (entry: NewUpdate) => renderUpdate(update(1, entry), options);

  it('shows what a person needs for a decision', () => {
    const card = render({ type: 'approval_request', data: approval }) ?? '';
    for (const text of [
      'Plan, revision 1: Rename findUser to getUserById',
      '1. rename findUser to getUserById in src/users.js',
      'test/users.test.js',
      '- 5 references',
      'medium (34 of 100)',
      'exported symbol',
      '12 modules, 4 callers, 1 endpoint, 2 test files',
      'src/server.js (distance 1)',
      'and 11 more',
      'no test fails that passed before',
      'Expires   2026-12-01T00:00:00.000Z',
    ]) {
      expect(card).toContain(text);
    }
  });

  it('shows the hunks of a diff approval with their ids', () => {
    const hunks = [{ id: 'h1', file: 'a.js', header: '@@', diff: '@@ -1 +1 @@\n-a\n+b\n' }];
    const card = render({ type: 'approval_request', data: { ...approval, kind: 'diff', hunks } });
    expect(card).toContain('│ a.js [h1]\n│ @@ -1 +1 @@\n│ -a\n│ +b');
  });

  it('shows a diff without its file headers, coloured on a terminal', () => {
    const data = {
      task_id: 't1',
      file: 'src/users.js',
      status: 'modified' as const,
      diff: 'diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n same\n-old\n+new\n',
    };
    expect(render({ type: 'code_change', data })).toBe(
      '  M src/users.js\n    @@ -1,2 +1,2 @@\n     same\n    -old\n    +new',
    );
    const coloured = renderUpdate(update(1, { type: 'code_change', data }), {
      colours: terminalColours(true),
      verbose: false,
    });
    expect(coloured).toContain('\u001b[32m+new');
    expect(coloured).toContain('\u001b[31m-old');
  });

  it('shows states, logs, tests, answers and the end', () => {
    expect(render({ type: 'status', data: { state: 'planning', message: 'making a plan' } })).toBe(
      '● planning making a plan',
    );
    const log = { message: 'cloned\n', level: 'info' as const, source: 'git' };
    expect(render({ type: 'log', data: log })).toBe('  git: cloned');
    expect(render({ type: 'log', data: { ...log, message: 'a\nb\n' } })).toBe('  git: a\n    b');
    expect(render({ type: 'log', data: { ...log, level: 'debug' } })).toBeUndefined();
    const test = { kind: 'test', framework: 'node:test', phase: 'after' } as const;
    const totals = { passed: 9, failed: 0, skipped: 1, errors: 0 };
    expect(render({ type: 'test_result', data: { ...test, status: 'passed', totals } })).toBe(
      '  ✓ test: 9 passed, 0 failed, 1 skipped node:test, after the change',
    );
    const none = { passed: 0, failed: 0, skipped: 0, errors: 0 };
    const broken = { ...test, status: 'error', message: 'did not start', totals: none } as const;
    expect(render({ type: 'test_result', data: broken })).toBe(
      '  ✗ test node:test, after the change\n      did not start',
    );
    const lint = { kind: 'lint', framework: 'ruff', phase: 'after', status: 'passed' } as const;
    const found = { passed: 0, failed: 2, skipped: 0, errors: 0 };
    const message = 'no new problem, 2 known';
    expect(render({ type: 'test_result', data: { ...lint, message, totals: found } })).toBe(
      '  ✓ lint: no new problem, 2 known ruff, after the change',
    );
    expect(
      render({
        type: 'test_result',
        data: { ...test, status: 'failed', name: 'adds', message: '1 != 2' },
      }),
    ).toBe('  ✗ adds node:test, after the change\n      1 != 2');
    expect(
      render({ type: 'test_result', data: { ...test, status: 'passed', name: 'adds' } }),
    ).toBeUndefined();
    const references = [{ path: 'src/a.js', line: 3, symbol: 'a' }];
    expect(render({ type: 'query_response', data: { answer: 'two callers', references } })).toBe(
      'two callers\n  src/a.js:3 a',
    );
    const end = render({ type: 'summary', data: summary }) ?? '';
    expect(end).toContain('✓ patch_ready: the change is ready as a patch');
    expect(end).toContain('src/users.js +2 -2');
    expect(end).toContain('! a look-alike was not touched');
  });

  it('lets no text of a repository drive the terminal', () => {
    const message = 'safe\u001b[2J\u001b]0;title\u0007\r\u202edone\u009b31m\tend';
    const line = render({ type: 'log', data: { message, level: 'info', source: 'test' } });
    expect(line).toBe('  test: safe[2J]0;titledone31m\tend');
  });
});

describe('driveRun', () => {
  let client: HilClient;
  let seq = 0;
  const commands: ClientEvent[] = [];
  const notes: string[] = [];
  let react: (event: ClientEvent) => NewUpdate[] = () => [];

  beforeEach(() => {
    seq = 0;
    commands.length = 0;
    notes.length = 0;
    // The client is the real one; only its socket ends in this process.
    client = new HilClient({ url: 'ws://server/ws/chat' }, (_url, _token, handlers) => {
      const say = (event: string, data: object) =>
        setImmediate(() => handlers.message(JSON.stringify({ event, data })));
      setImmediate(() => handlers.open());
      return {
        authenticated: true,
        send(text) {
          const event = parseClientFrame(text);
          commands.push(event);
          say('ack', { id: event.data.id, ok: true, session_id: SESSION, run_id: RUN });
          for (const entry of react(event)) say('agent_update', update((seq += 1), entry));
        },
        close: () => {},
      };
    });
  });
  afterEach(() => client.close());

  const drive = (person: Person, signal?: AbortSignal) =>
    driveRun({
      client,
      person,
      message: 'rename findUser to getUserById',
      repository: '/repo',
      cancelGraceMs: 300,
      show: () => {},
      note: (text) => notes.push(text),
      ...(signal === undefined ? {} : { signal }),
    });
  const ended: NewUpdate = { type: 'summary', data: summary };
  const asks: NewUpdate = { type: 'approval_request', data: approval };

  it('sends the request, approves exactly the plan it was shown, and returns the summary', async () => {
    react = ({ event }) => (event === 'chat_message' ? [asks] : [ended]);
    const result = await drive(scriptedPerson({ allowUnsandboxed: false }));
    expect(result).toMatchObject({ outcome: 'patch_ready', run_id: RUN });
    expect(commands).toMatchObject([
      { event: 'chat_message', data: { repo_url: '/repo' } },
      { event: 'approve_plan', data: { approved: true, plan_id: PLAN, plan_hash: HASH } },
    ]);
  });

  it('passes on why a person wants another plan', async () => {
    react = ({ event }) => (event === 'chat_message' ? [asks] : [ended]);
    const decide = () =>
      Promise.resolve({ kind: 'reject' as const, reason: 'shorter', final: false });
    await drive({ ...nobody, decide });
    expect(commands[1]).toMatchObject({
      event: 'reject_plan',
      data: { reason: 'shorter', final: false },
    });
  });

  it('approves nothing when nobody is there: it cancels', async () => {
    react = ({ event }) => (event === 'chat_message' ? [asks] : [ended]);
    await drive(nobody);
    expect(commands.map(({ event }) => event)).toEqual(['chat_message', 'cancel_request']);
  });

  it('does not take --yes for a yes to running without a sandbox', async () => {
    const unsandboxed: NewUpdate = {
      type: 'approval_request',
      data: { ...approval, kind: 'unsandboxed' },
    };
    react = ({ event }) => (event === 'chat_message' ? [unsandboxed] : [ended]);
    await drive(scriptedPerson({ allowUnsandboxed: false }));
    expect(commands[1]).toMatchObject({
      event: 'approval_response',
      data: { approved: false, approval_id: approval.approval_id },
    });
  });

  it('answers a question under its id', async () => {
    const question_id = randomUUID();
    react = (event) =>
      event.event === 'chat_message' && event.data.question_id === undefined
        ? [{ type: 'question', data: { question_id, question: 'Which one?' } }]
        : [ended];
    await drive({ ...nobody, answer: () => Promise.resolve('the second') });
    expect(commands[1]).toMatchObject({ data: { message: 'the second', question_id } });
  });

  it('cancels the run when it is interrupted, and still returns its summary', async () => {
    const stop = new AbortController();
    react = ({ event }) => {
      if (event === 'cancel_request') return [ended];
      setTimeout(() => stop.abort(), 20);
      return [];
    };
    await drive(nobody, stop.signal);
    expect(commands.at(-1)).toMatchObject({ event: 'cancel_request' });
  });

  it('ends when it is stopped before a server answered', async () => {
    client.close();
    client = connect({ url: 'ws://127.0.0.1:9/ws/chat' });
    await expect(drive(nobody, AbortSignal.timeout(50))).rejects.toMatchObject({
      code: 'service_unavailable',
    });
    expect(notes).toEqual(['cancelling ...']);
  });

  it('cancels the run when the answer comes after it was stopped', async () => {
    react = ({ event }) => (event === 'chat_message' ? [] : [ended]);
    const stop = new AbortController();
    const running = drive(nobody, stop.signal);
    stop.abort();
    await running;
    expect(commands.map(({ event }) => event)).toEqual(['chat_message', 'cancel_request']);
    expect(notes).toEqual(['cancelling ...']);
  });
});
