import { describe, expect, it } from '@jest/globals';
import { graphOf } from '../fixtures/memory-project.js';

async function routesOf(files: Record<string, string>): Promise<string[]> {
  const { endpoints } = await graphOf(files);
  return endpoints.map(({ method, path }) => `${method} ${path}`).sort();
}

const TEN = Array.from({ length: 10 }, (_, at) => at);

describe('endpoints of routes that go in a circle', () => {
  it('are each found once where Django patterns include each other', async () => {
    const patterns = (name: string): string =>
      `from django.urls import include, path\n\nurlpatterns = [\n    path('${name}', view),\n${TEN.map((at) => `    path('x${at}/', include('a')),\n    path('y${at}/', include('b')),\n`).join('')}]\n`;
    const found = await routesOf({
      'settings.py': "ROOT_URLCONF = 'a'\n",
      'a.py': patterns('of_a'),
      'b.py': patterns('of_b'),
    });
    expect(found).toEqual(['ALL /of_a', ...TEN.map((at) => `ALL /y${at}/of_b`)]);
  });

  it('are bounded where Django patterns without a view are included again and again', async () => {
    const files = Object.fromEntries(
      TEN.map((at) => [
        `p${at}.py`,
        `from django.urls import include, path\n\nurlpatterns = [\n${TEN.map((x) => `    path('${x}/', include('p${at + 1}')),\n`).join('')}]\n`,
      ]),
    );
    const found = await routesOf({
      'settings.py': "ROOT_URLCONF = 'p0'\n",
      'p10.py': 'urlpatterns = []\n',
      ...files,
    });
    expect(found).toEqual([]);
  });

  it('are each found once where routers are mounted below each other', async () => {
    const mounts = (on: string, below: string): string =>
      TEN.map((at) => `${on}.use('/${below}${at}', ${below});\n`).join('');
    const found = await routesOf({
      'app.js': `const express = require('express');
const app = express();
const a = express.Router();
const b = express.Router();
app.use('/a', a);
${mounts('a', 'b')}${mounts('b', 'a')}app.get('/', run);
b.get('/end', run);
function run() {}
`,
    });
    expect(found).toEqual(['GET /', ...TEN.map((at) => `GET /a/b${at}/end`)]);
  });
});
