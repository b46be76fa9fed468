import { describe, expect, it } from '@jest/globals';
import { graphOf } from '../fixtures/memory-project.js';

async function routesOf(files: Record<string, string>): Promise<string[]> {
  const { endpoints } = await graphOf(files);
  return endpoints.map(({ method, path }) => `${method} ${path}`).sort();
}

const MODULES = Array.from({ length: 12 }, (_, at) => at);

describe('endpoints of modules that import each other in a circle', () => {
  it('are found through `from package import *`, and names that nobody defines end the search', async () => {
    const view = (at: number): string =>
      `from shop import *\n\n@app.get('/v${at}')\ndef v${at}():\n    return nowhere()\n\n@app.get(NOWHERE)\ndef w():\n    pass\n`;
    const files = {
      'shop/__init__.py': `from flask import Flask\n\napp = Flask(__name__)\n${MODULES.map((at) => `from .v${at} import *`).join('\n')}\n`,
      ...Object.fromEntries(MODULES.map((at) => [`shop/v${at}.py`, view(at)])),
    };
    expect(await routesOf(files)).toEqual(MODULES.map((at) => `GET /v${at}`).sort());
  });

  it.each(['app.py', 'app/__init__.py'])(
    'are found through `from app import app` of %s',
    async (path) => {
      const files = {
        [path]: 'from flask import Flask\n\napp = Flask(__name__)\n\nimport views\n',
        'views.py': `from app import app\n\n@app.get('/v')\ndef v():\n    pass\n`,
      };
      expect(await routesOf(files)).toEqual(['GET /v']);
    },
  );

  it('are found where two modules import the same name from each other', async () => {
    const files = {
      'a.py': `from b import lost\nfrom flask import Flask\n\napp = Flask(__name__)\n\n@app.get('/a')\ndef a():\n    pass\n\n@app.get(lost)\ndef c():\n    pass\n`,
      'b.py': `from a import app, lost\n\n@app.get('/b')\ndef b():\n    pass\n`,
    };
    expect(await routesOf(files)).toEqual(['GET /a', 'GET /b']);
  });

  it('are found through barrels that export each other', async () => {
    const part = (at: number): string =>
      `export * from './index';\nimport { app, nowhere } from './index';\napp.get('/p${at}', run);\napp.get(nowhere, run);\nfunction run() {}\n`;
    const files = {
      'app.ts': `import express from 'express';\nexport const app = express();\n`,
      'index.ts': `export * from './app';\n${MODULES.map((at) => `export * from './p${at}';`).join('\n')}\n`,
      ...Object.fromEntries(MODULES.map((at) => [`p${at}.ts`, part(at)])),
    };
    expect(await routesOf(files)).toEqual(MODULES.map((at) => `GET /p${at}`).sort());
  });

  it('are found where all of them take over the names of all others', async () => {
    const module = (at: number): string =>
      `${MODULES.filter((one) => one !== at)
        .map((one) => `from m${one} import *\n`)
        .join(
          '',
        )}from main import app\n\n@app.get('/m${at}')\ndef m${at}():\n    pass\n\n@app.get(NOWHERE${at})\ndef w():\n    pass\n`;
    const files = {
      'main.py': `from flask import Flask\n\napp = Flask(__name__)\n`,
      ...Object.fromEntries(MODULES.map((at) => [`m${at}.py`, module(at)])),
    };
    expect(await routesOf(files)).toEqual(MODULES.map((at) => `GET /m${at}`).sort());
  });

  it('are found through chains of star imports that are longer than the stack is deep', async () => {
    const length = 2000;
    const files = {
      [`m${length}.py`]: `from flask import Flask\n\napp = Flask(__name__)\n`,
      ...Object.fromEntries(
        Array.from({ length }, (_, at) => [`m${at}.py`, `from m${at + 1} import *\n`]),
      ),
      'app.py': `from m0 import *\n\n@app.get('/here')\ndef here():\n    pass\n`,
    };
    expect(await routesOf(files)).toEqual(['GET /here']);
  });
});
