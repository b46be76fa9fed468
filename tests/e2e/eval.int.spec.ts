import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { selectSandbox } from '@hil/sandbox';
import {
  type ModelEndpoint,
  type TemporaryDirectory,
  type TestRepository,
  createRepository,
  startModelEndpoint,
  temporaryDirectory,
} from '@hil/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { modelTasks } from '../models/model-tasks.js';
import { edits, finish, intent, plan, script } from '../support/model-script.js';
import { small } from '../support/repositories.js';

jest.setTimeout(400_000);

const root = fileURLToPath(new URL('../..', import.meta.url));

/** One edit of `small()`, with what it says about tests. */
function conversation(summary: string, ...operations: { op: string; path: string }[]) {
  const files = operations.map(({ path }) => path);
  return script({
    intent: [intent(summary)],
    plan: [plan(summary, [{ task: summary, files, tests: ['test/one.test.js shows it'] }])],
    tasks: [[edits(...operations), finish(summary)]],
  });
}

const replaced = (path: string, search: string, replace: string) => ({
  op: 'search_replace',
  path,
  search,
  replace,
});

describe('npm run eval', () => {
  let endpoint: ModelEndpoint;
  let folder: TemporaryDirectory;
  let repository: TestRepository;
  let env: Record<string, string>;

  beforeAll(async () => {
    endpoint = await startModelEndpoint(() => ({ status: 500, message: 'no script' }));
    folder = await temporaryDirectory('hil-eval-spec-');
    repository = await createRepository(small());
    const { driver } = await selectSandbox({ mode: 'auto' });
    env = {
      SANDBOX: driver === null ? 'process' : 'auto',
      OPENAI_API_KEY: 'sk-not-a-key',
      OPENAI_BASE_URL: endpoint.openaiUrl,
    };
  });
  afterAll(async () => {
    await endpoint.close();
    await repository.remove();
    await folder.remove();
  });

  async function evaluate(
    argv: readonly string[],
    settings: Record<string, string>,
  ): Promise<{ code: number | null; output: string }> {
    const child = spawn(process.execPath, ['bench/eval/run.mjs', ...argv], {
      cwd: root,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { code, output };
  }

  async function instances(...lines: unknown[]): Promise<string> {
    const file = join(folder.path, 'instances.jsonl');
    const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
    await writeFile(file, `${text.join('\n')}\n`);
    return file;
  }

  it('plays a task and instances with the product, and judges them by tests the model never saw', async () => {
    const test = join(repository.checkout, 'test/one.test.js');
    const before = await readFile(test, 'utf8');
    await writeFile(test, before.replace('one is one', 'one is two').replace('one, 1', 'one, 2'));
    const testPatch = await repository.git('diff');
    await repository.git('checkout', '-q', '--', '.');
    const commit = await repository.headSha();
    const file = await instances(
      // As SWE-bench has it; the change and the hidden tests touch the same file.
      {
        instance_id: 'becomes-two',
        repo: repository.bare,
        base_commit: commit,
        problem_statement: 'one has to be two.',
        FAIL_TO_PASS: '["one is two"]',
        PASS_TO_PASS: '[]',
        test_patch: testPatch,
      },
      {
        id: 'only-a-comment',
        repository: repository.bare,
        commit,
        problem_statement: 'one has to be two.',
        failing_tests: 'node --test test/one.test.js',
        test_patch: testPatch,
      },
      {
        id: 'nowhere',
        repository: join(folder.path, 'no-such-repository'),
        commit,
        problem_statement: 'one has to be two.',
        failing_tests: 'true',
      },
    );
    const task = modelTasks().find(({ name }) => name === 'add-field');
    const plays = [
      script(task?.script ?? {}),
      conversation(
        'one is two',
        replaced('src/one.js', 'one = 1', 'one = 2'),
        replaced('test/one.test.js', 'assert.equal(one, 1)', 'assert.notEqual(one, 1)'),
      ),
      conversation('a comment', replaced('src/one.js', 'one = 1;', 'one = 1; // two')),
    ];
    let at = -1;
    endpoint.play((request) => {
      if (request.tools.includes('extract_intent')) at += 1;
      return plays[at]?.(request) ?? { status: 400, message: 'no further conversation' };
    });
    const json = join(folder.path, 'out.json');

    const { code, output } = await evaluate(
      [
        ...['--model', 'openai:gpt-4.1-mini', '--tasks', 'add-field'],
        ...['--instances', file, '--json', json],
      ],
      env,
    );

    const report = JSON.parse(await readFile(json, 'utf8').catch(() => 'null')) as {
      totals: Record<string, number>;
      results: Record<string, unknown>[];
    } | null;
    expect({ code, results: report?.results, output }).toMatchObject({
      code: 1,
      results: [
        { task: 'add-field', success: true, outcome: 'patch_ready', steps: 5 },
        { task: 'becomes-two', success: true, steps: 4 },
        {
          task: 'only-a-comment',
          success: false,
          outcome: 'patch_ready',
          reason: expect.stringContaining('node --test test/one.test.js'),
        },
        { task: 'nowhere', success: false, outcome: 'unreachable', steps: 0 },
      ],
    });
    expect(report?.totals).toMatchObject({ tasks: 4, successes: 2, steps: 13 });
    expect(report?.totals['cost_usd']).toBeGreaterThan(0);
    expect(output).toMatch(/^task +language +success +steps +tokens in +out +cost +seconds +why$/m);
    expect(output).toMatch(/^all +2 of 4 +13 /m);
  });

  it('says which line is wrong, and which key is missing, before anything is run', async () => {
    const good = {
      repository: repository.bare,
      commit: 'a'.repeat(40),
      problem_statement: 'x',
      failing_tests: ['y'],
    };
    const model = ['--model', 'openai:gpt-4.1-mini'];
    const broken = await instances(good, '', { ...good, commit: 'main' });
    const line = await evaluate([...model, '--instances', broken], env);
    expect(line).toEqual({
      code: 2,
      output: expect.stringContaining(`${broken}:3: commit "main"`),
    });

    const key = await evaluate([...model, '--tasks', 'question'], {});
    expect(key).toEqual({ code: 2, output: expect.stringContaining('OPENAI_API_KEY') });
    expect(endpoint.requests().length).toBeLessThan(14);
  });
});
