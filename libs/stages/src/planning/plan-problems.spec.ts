import type { CommitMeta, Intent, PlanTask, ProjectGraph } from '@hil/contracts';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { graphOfFiles } from '../fixtures/graph-of-files.js';
import { planProblems, tidied } from './plan-problems.js';

const FILES = {
  'src/cart.ts': 'export class Cart { total() { return 1; } }\n',
  'test/cart.test.ts': "import { Cart } from '../src/cart.js';\nnew Cart().total();\n",
};
const intent: Intent = {
  category: 'code_change',
  intent: 'change',
  description: 'the total is rounded',
  risk: 'low',
  tests_required: [],
  human_approval: true,
  constraints: [],
  target_modules: [],
};

const task = (more: Partial<PlanTask>): PlanTask => ({
  id: 'task-1',
  task: 'Round the total',
  files: ['src/cart.ts', 'test/cart.test.ts'],
  changes: [],
  tests: [],
  notes: '',
  ...more,
});

describe('what is wrong with a plan', () => {
  let graph: ProjectGraph;
  beforeAll(async () => {
    graph = await graphOfFiles(FILES);
  });

  const problems = (plan: PlanTask[], type: CommitMeta['type'] = 'fix', wish = intent) =>
    planProblems(
      { plan, commit: { type, scope: '', subject: 'x' } },
      Object.keys(FILES),
      graph,
      wish,
    );

  it('nothing, of one that fits', () => {
    const fits = task({ changes: ['src/cart.ts#Cart.total rounds'] });
    expect(problems([fits])).toEqual({ wrong: [], missing: [] });
  });

  it('a file that does not exist, with the nearest one that does', () => {
    const { wrong } = problems([task({ files: ['src/carts.ts', 'test/cart.test.ts'] })]);
    expect(wrong).toEqual([expect.stringMatching(/src\/carts\.ts does not exist.*src\/cart\.ts/)]);
  });

  it('nothing, of a file that an earlier task creates', () => {
    const first = task({ new_files: ['src/money.ts'] });
    const second = task({ id: 'task-2', files: ['src/money.ts'] });
    expect(problems([first, second]).wrong).toEqual([]);
  });

  it('a new file that is there already, a path out of the repository, a task without files', () => {
    const { wrong } = problems([
      task({ new_files: ['src/cart.ts'] }),
      task({ id: 'task-2', files: ['../outside.ts'] }),
      task({ id: 'task-3', files: [] }),
    ]);
    expect(wrong).toHaveLength(3);
    expect(wrong[0]).toContain('src/cart.ts is in new_files but exists already');
    expect(wrong[1]).toMatch(/^task-2: .*outside/);
    expect(wrong[2]).toBe('task-3 names no file');
  });

  it('a symbol that its file does not declare, with what it declares', () => {
    const { wrong } = problems([task({ changes: ['src/cart.ts#totals rounds'] })]);
    expect(wrong).toEqual(['task-1: src/cart.ts declares no totals; it has total']);
  });

  it('no tests where behaviour changes; other changes may do without', () => {
    const untested = task({ files: ['src/cart.ts'] });
    expect(problems([untested]).missing).toHaveLength(1);
    expect(problems([untested], 'refactor').missing).toEqual([]);
    const demanding = { ...intent, tests_required: ['rounding'] };
    expect(problems([untested], 'refactor', demanding).missing).toHaveLength(1);
    expect(problems([task({ files: ['README.md'], new_files: ['README.md'] })]).missing).toEqual(
      [],
    );
  });
});

describe('a tidied plan', () => {
  it('has ids of its own and each file once, the new ones among them', () => {
    const doubled = [task({ new_files: ['src/a.ts'] }), task({ files: ['src/a.ts', 'src/a.ts'] })];
    const [first, second] = tidied(doubled);
    expect([first?.id, second?.id]).toEqual(['task-1', 'task-2']);
    expect(first?.files).toEqual(['src/cart.ts', 'test/cart.test.ts', 'src/a.ts']);
    expect(second?.files).toEqual(['src/a.ts']);
  });
});
