import { expect, it } from '@jest/globals';
import type { PlanTask } from '@hil/contracts';
import { criteriaFor } from './criteria.js';

it('a rename is looked for in every file that is left, not where the file of a type was', () => {
  const line = 'rename User to Person in src/User.java';
  const recipe = { kind: 'rename' as const, symbol: 'User', newName: 'Person', line };
  const files = ['src/Main.java', 'src/Person.java', 'src/User.java'];
  const task: PlanTask = { id: 't', task: line, files, changes: [], tests: [], notes: '' };
  expect(criteriaFor([recipe], [task], new Set(['src/User.java']))).toEqual([
    '`Person` occurs in `src/Main.java`',
    '`Person` occurs in `src/Person.java`',
  ]);
});
