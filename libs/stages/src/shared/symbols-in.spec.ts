import { describe, expect, it } from '@jest/globals';
import { symbolsIn } from './symbols-in.js';

const diff = [
  'diff --git a/src/findUser.ts b/src/findUser.ts',
  '--- a/src/findUser.ts',
  '+++ b/src/findUser.ts',
  '@@ -1,3 +1,3 @@ function loadUser() {',
  ' const kept = readUser();',
  '-const gone = saveUser(1);',
  '+const here = dropUsers(1);',
].join('\n');

describe('symbols in a diff', () => {
  it('are those of lines that were added or removed, as whole words', () => {
    const names = ['findUser', 'loadUser', 'readUser', 'saveUser', 'dropUser', 'dropUsers'];
    expect(symbolsIn(diff, names)).toEqual(['saveUser', 'dropUsers']);
  });
});
