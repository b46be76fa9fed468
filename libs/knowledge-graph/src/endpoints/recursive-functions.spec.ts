import { describe, expect, it } from '@jest/globals';
import { graphOf } from '../fixtures/memory-project.js';

async function routesOf(files: Record<string, string>): Promise<string[]> {
  const { endpoints } = await graphOf(files);
  return endpoints.map(({ method, path }) => `${method} ${path}`).sort();
}

const NAMES = Array.from({ length: 40 }, (_, at) => `f${at}`);

describe('endpoints beside functions that call each other', () => {
  it('are found where each calls all others, and registered once by one that calls itself', async () => {
    const calls = NAMES.map((name) => `  ${name}(app);\n`).join('');
    const found = await routesOf({
      'app.js': `const express = require('express');
const app = express();
${NAMES.map((name) => `function ${name}(n) {\n${calls}}\n`).join('')}
f0(app);
function mount(on, depth) {
  on.get('/mounted', run);
  mount(on.route('/again'), depth - 1);
}
mount(app, 3);
app.get('/', run);
function run() {}
`,
      'late.js': `const express = require('express');
const app = express();
app.get('/late', (req, res) => res.end());
`,
    });
    expect(found).toEqual(['GET /', 'GET /late', 'GET /mounted']);
  });
});
