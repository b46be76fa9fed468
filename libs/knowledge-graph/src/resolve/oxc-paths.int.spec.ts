import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { edgesOf, graphOf } from '../fixtures/memory-project.js';

const files = {
  'tsconfig.json': '{"compilerOptions":{"baseUrl":".","paths":{"@lib/*":["lib/*"]}}}',
  'package.json': '{"name":"self","imports":{"#db":"./lib/db.ts"}}',
  'lib/db.ts': 'export const db = 1;\n',
  'lib/other.ts': 'export const other = 1;\n',
  'pkg/tsconfig.json': '{"extends":"@not/installed/tsconfig.json"}',
  'pkg/a.ts': "import { other } from '../lib/other.js';\nimport { db } from '@lib/db';\n",
  'src/a.ts': "import { db } from '#db';\nimport { other } from '@lib/other';\n",
};
let root = '';

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'hil-oxc-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('imports of files on disk', () => {
  it('follow package imports and the nearest tsconfig, also when its base is not installed', async () => {
    expect(edgesOf(await graphOf(files, { rootDir: root }), 'imports')).toEqual([
      'mod:pkg/a.ts -> mod:lib/db.ts (exact)',
      'mod:pkg/a.ts -> mod:lib/other.ts (exact)',
      'mod:src/a.ts -> mod:lib/db.ts (exact)',
      'mod:src/a.ts -> mod:lib/other.ts (exact)',
    ]);
  });
});
