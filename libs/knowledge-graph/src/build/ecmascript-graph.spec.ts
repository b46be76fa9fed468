import { describe, expect, it } from '@jest/globals';
import { graphSchema } from '@hil/contracts';
import { edgesOf, graphOf } from '../fixtures/memory-project.js';

const files = {
  'package.json':
    '{"name":"root","description":"A shop.","dependencies":{"@nestjs/core":"1","express":"1"}}',
  'tsconfig.json':
    '{ // comment\n "extends": "@missing/base", "compilerOptions": {"paths": {"@app/*": ["src/*"],},} }',
  'packages/tax/package.json': '{"name":"@shop/tax","main":"./dist/index.js"}',
  'packages/tax/src/index.ts': 'export function vat(x: number): number { return x; }\n',
  'src/base.ts':
    'export abstract class Base<T> {\n  protected log(m: string): void {}\n}\nexport interface Store { find(id: string): Promise<string>; }\n',
  'src/store.service.ts': `import { Base, type Store } from './base.js';
import { vat } from '@shop/tax';
@Injectable()
export class StoreService extends Base<string> implements Store {
  async find(id: string): Promise<string> { this.log(id); vat(1); return this.inner(id); }
  private inner = (id: string) => id;
}
`,
  'src/barrel.ts':
    "export * from './base';\nexport { StoreService as Service } from './store.service';\n",
  'src/users.controller.ts': `import { Service } from '@app/barrel';
import * as base from './base';
@Controller('users')
export class UsersController {
  constructor(private readonly store: Service) {}
  @Get(':id')
  @UseGuards(Auth)
  async one(id: string) {
    const vat = (n: number) => n;
    vat(2);
    return this.store.find(id);
  }
}
`,
  'src/app.js':
    "const { vat } = require('../packages/tax/src');\nconst express = require('express');\nconst app = express();\napp.get('/health', health);\nfunction health() { return vat(1); }\napp.listen(1);\n",
  'src/View.tsx':
    'export const View = ({ a }: { a: string }) => <p>{a}</p>;\nexport default function Page() { return <View a="x" />; }\n',
  'src/store.service.spec.ts':
    "import { StoreService } from './store.service';\ndescribe('x', () => { new StoreService(); });\n",
};

describe('the graph of TypeScript and JavaScript', () => {
  it('has the shape of the contract and the same ids on every build', async () => {
    const graph = await graphOf(files);
    expect(graphSchema.parse(graph)).toEqual(graph);
    const again = await graphOf(files);
    expect({ ...again, generatedAt: '' }).toEqual({ ...graph, generatedAt: '' });
  });

  it('resolves relative, aliased, workspace, re-exported and required imports', async () => {
    expect(edgesOf(await graphOf(files), 'imports')).toEqual([
      'mod:src/app.js -> mod:packages/tax/src/index.ts (exact)',
      'mod:src/barrel.ts -> mod:src/base.ts (exact)',
      'mod:src/barrel.ts -> mod:src/store.service.ts (exact)',
      'mod:src/store.service.spec.ts -> mod:src/store.service.ts (exact)',
      'mod:src/store.service.ts -> mod:packages/tax/src/index.ts (exact)',
      'mod:src/store.service.ts -> mod:src/base.ts (exact)',
      'mod:src/users.controller.ts -> mod:src/barrel.ts (exact)',
      'mod:src/users.controller.ts -> mod:src/base.ts (exact)',
    ]);
  });

  it('resolves calls by scope, import, inheritance and declared type, and leaves shadowed names alone', async () => {
    expect(edgesOf(await graphOf(files), 'calls')).toEqual([
      'mod:src/store.service.spec.ts -> sym:src/store.service.ts#StoreService (exact)',
      'sym:src/View.tsx#Page -> sym:src/View.tsx#View (exact)',
      'sym:src/app.js#health -> sym:packages/tax/src/index.ts#vat (exact)',
      'sym:src/store.service.ts#StoreService.find -> sym:packages/tax/src/index.ts#vat (exact)',
      'sym:src/store.service.ts#StoreService.find -> sym:src/base.ts#Base.log (exact)',
      'sym:src/store.service.ts#StoreService.find -> sym:src/store.service.ts#StoreService.inner (exact)',
      'sym:src/users.controller.ts#UsersController.one -> sym:src/store.service.ts#StoreService.find (typed)',
    ]);
  });

  it('describes symbols with signature, visibility, types, decorators and lines', async () => {
    const graph = await graphOf(files);
    const find = graph.symbols.find(
      (one) => one.id === 'sym:src/store.service.ts#StoreService.find',
    );
    expect(find).toMatchObject({
      kind: 'method',
      isAsync: true,
      returnType: 'Promise<string>',
      parameters: [{ name: 'id', type: 'string' }],
      signature: 'async find(id: string): Promise<string>',
      metadata: { startLine: 5, endLine: 5, parent: 'sym:src/store.service.ts#StoreService' },
    });
    const byName = (name: string) => graph.symbols.find((one) => one.name === name);
    expect(byName('inner')).toMatchObject({ kind: 'method', visibility: 'private' });
    expect(byName('StoreService')?.decorators).toEqual(['@Injectable()']);
    expect(byName('Base')).toMatchObject({ isExported: true, genericParams: ['T'] });
    expect(byName('View')).toMatchObject({ kind: 'component', isExported: true });
  });

  it('finds heritage, endpoints, tests, frameworks and entry points', async () => {
    const graph = await graphOf(files);
    expect(edgesOf(graph, 'extends')).toEqual([
      'sym:src/store.service.ts#StoreService -> sym:src/base.ts#Base (exact)',
    ]);
    expect(edgesOf(graph, 'implements')).toEqual([
      'sym:src/store.service.ts#StoreService -> sym:src/base.ts#Store (exact)',
    ]);
    expect(edgesOf(graph, 'tests')).toEqual([
      'mod:src/store.service.spec.ts -> mod:src/store.service.ts (exact)',
    ]);
    expect(graph.endpoints).toMatchObject([
      { method: 'GET', path: '/health', handlerSymbolId: 'sym:src/app.js#health' },
      { method: 'GET', path: '/users/:id', auth: '@UseGuards(Auth)' },
    ]);
    expect(graph.project).toMatchObject({ frameworks: ['express', 'nestjs'], summary: 'A shop.' });
    const app = graph.modules.find((one) => one.path === 'src/app.js');
    expect(app?.metadata['isEntryPoint']).toBe(true);
  });

  it('does not take a path that climbs above the root for a file in it', async () => {
    const graph = await graphOf({
      'a.ts': '',
      'test/use.ts': "import '../../a';\nimport '../a';\nimport '../../../test/other';\n",
      'test/other.ts': '',
    });
    expect(edgesOf(graph, 'imports')).toEqual(['mod:test/use.ts -> mod:a.ts (exact)']);
  });
});
