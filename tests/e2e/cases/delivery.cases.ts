import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { plainGit, temporaryDirectory } from '@hil/testing';
import { STAGES, type TestResult } from '@hil/contracts';
import { describe, expect, it } from '@jest/globals';
import { RENAME, SMALL_CHANGE, small, todoApi } from '../../support/repositories.js';
import { approve, expectNoGap, startRun, statesOf } from '../../support/run.js';
import type { World } from '../../support/world.js';

async function download(world: World, path: string): Promise<Buffer> {
  const response = await fetch(`${world.deployment.http}${path}`);
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

export function deliveryCases(running: () => World): void {
  describe('delivery', () => {
    it('takes a rename from the chat message to a pushed branch, a patch and a bundle', async () => {
      const world = running();
      const repository = await world.serve(todoApi());
      const base = await repository.headSha();
      const pushes = world.git.counts.pushes;
      const chat = await world.open();

      const run = await startRun(chat, { message: RENAME, repo_url: repository.url });
      const { sessionId, runId } = run;
      const card = await approve(chat, run);
      const summary = await chat.summary(sessionId);

      expect(statesOf(chat, sessionId)).toEqual([
        'received',
        'intent_extraction',
        'pkg_query',
        'impact_analysis',
        'planning',
        'awaiting_approval',
        'editing',
        'testing',
        'verification',
        'pr_creation',
        'completed',
      ]);
      const stages = chat.updates(sessionId).map(({ stage }) => stage);
      expect([...new Set(stages)]).toEqual([...STAGES]);
      expectNoGap(chat, sessionId);
      expect(chat.updates(sessionId).every((update) => update.run_id === runId)).toBe(true);
      expect(chat.updates(sessionId).at(-1)?.type).toBe('summary');

      expect(card).toMatchObject({ kind: 'plan', revision: 1, base_sha: base });
      expect(card.plan.plan.map(({ task }) => task)).toEqual([RENAME]);
      expect(card.plan.plan[0]?.files).toEqual(
        expect.arrayContaining(['src/users.js', 'src/todos.js', 'src/server.js']),
      );
      expect(card.impact.affected_tests).toEqual(
        expect.arrayContaining(['test/users.test.js', 'test/todos.test.js', 'test/server.test.js']),
      );

      const changes = chat.of(sessionId, 'code_change');
      // Each file as its task changed it, and in the end once more for the whole run.
      for (const id of ['task-1', 'run']) {
        const files = changes.filter(({ task_id }) => task_id === id).map(({ file }) => file);
        expect(files.sort()).toEqual([...card.plan.plan[0]!.files].sort());
      }
      for (const { diff } of changes) expect(diff).toMatch(/^\+.*getUserById/m);

      const results = chat
        .of(sessionId, 'test_result')
        .filter(({ kind }: TestResult) => kind === 'test');
      for (const phase of ['baseline', 'after'] as const) {
        const passed = results.filter(
          (each) => each.phase === phase && each.status === 'passed' && each.totals === undefined,
        );
        expect(passed).toHaveLength(9);
        expect(results.find((each) => each.phase === phase && each.totals)?.totals).toEqual({
          passed: 9,
          failed: 0,
          skipped: 0,
          errors: 0,
        });
      }
      const firstAfter = results.findIndex(({ phase }) => phase === 'after');
      expect(results.slice(firstAfter).every(({ phase }) => phase === 'after')).toBe(true);

      expect(summary).toMatchObject({ outcome: 'patch_ready', base_sha: base });
      expect(summary.tests.status).toBe('passed');
      expect(world.git.counts.pushes - pushes).toBe(1);
      const head = await plainGit(repository.bare, 'rev-parse', `refs/heads/${summary.branch}`);
      expect(head).toBe(summary.head_sha);
      expect(await plainGit(repository.bare, 'rev-parse', 'refs/heads/main')).toBe(base);

      const folder = await temporaryDirectory();
      try {
        const clone = join(folder.path, 'clone');
        await plainGit(folder.path, 'clone', '--quiet', repository.bare, clone);
        const patch = join(folder.path, 'run.patch');
        await writeFile(patch, await download(world, summary.patch_url));
        await plainGit(clone, 'apply', '--index', patch);
        expect(await plainGit(clone, 'write-tree')).toBe(
          await plainGit(repository.bare, 'rev-parse', `${head}^{tree}`),
        );
        await plainGit(clone, 'reset', '--quiet', '--hard');
        const bundle = join(folder.path, 'run.bundle');
        await writeFile(bundle, await download(world, summary.bundle_url));
        await plainGit(clone, 'fetch', '--quiet', bundle, `${summary.branch}:from-bundle`);
        expect(await plainGit(clone, 'rev-parse', 'from-bundle')).toBe(head);
        expect(await plainGit(clone, 'log', '-1', '--format=%s', head)).toMatch(/^refactor/);
      } finally {
        await folder.remove();
      }
    });

    it('only reads a local repository, and says what is uncommitted there', async () => {
      const world = running();
      const repository = await world.local(small());
      const { checkout } = repository;
      await mkdir(join(checkout, 'src'), { recursive: true });
      await writeFile(join(checkout, 'src/one.js'), 'export const one = 1; // not committed\n');
      const look = async (): Promise<string[]> => [
        await repository.git('status', '--porcelain'),
        await repository.git('for-each-ref'),
        await repository.git('rev-parse', 'HEAD'),
        await repository.git('worktree', 'list'),
        await readFile(join(checkout, '.git/config'), 'utf8'),
      ];
      const before = await look();
      const chat = await world.open();

      const run = await startRun(chat, { message: SMALL_CHANGE, repo_url: checkout });
      await approve(chat, run);
      const summary = await chat.summary(run.sessionId);

      expect(summary.outcome).toBe('patch_ready');
      expect(summary.branch).toBeUndefined();
      expect(await look()).toEqual(before);
      const patch = (await download(world, summary.patch_url)).toString();
      expect(patch).toContain('NOTES.md');
      expect(patch).not.toContain('not committed');
      const lines = chat.of(run.sessionId, 'log').map(({ message }) => message);
      expect(lines).toContainEqual(expect.stringMatching(/uncommitted changes/));
      expectNoGap(chat, run.sessionId);
    });
  });
}
