import type { SourceLanguage } from '../syntax/language.js';
import { extractFile } from './extract-file.js';

/** One of most things that TypeScript's grammar knows: each is compiled when it is first met. */
const SAMPLE = `import { a, type B } from './a.js';
export * from './b.js';
export interface Store<T> extends B { readonly find: (id: number) => Promise<T | undefined>; }
export type Item = { id: number; name?: string }[] | 'none' | keyof Store<string>;
export enum Kind { One = 1, Two }
@Injectable()
export class Service<T extends Item> extends Base implements Store<T> {
  private readonly items = new Map<string, T>();
  constructor(@Inject(a) private readonly store: Store<T>, public count = 0) { super(); }
  static async make(...rest: string[]): Promise<Service<Item>> {
    try {
      for (const one of rest) if (one !== '' && !/x+/g.test(one)) await this.store.find(one.length);
      for (let n = 0; n < 3; n += 1) { switch (n) { case 1: continue; default: break; } }
    } catch (error) { throw new Error(\`failed: \${String(error)}\`, { cause: error }); }
    return rest.length > 0 ? (rest as unknown as Service<Item>) : new Service(null!);
  }
  get size(): number { return this.items?.size ?? 0; }
}
export default function (app: Express, [first, ...others]: string[], { x = 1 }: Options = {}) {
  app.get('/items/:id', guard, async (request, response) => response.json({ ...others, first, [x]: x }));
}
`;
const LANGUAGE: SourceLanguage = 'typescript';

/**
 * Reads a sample, so that the first file of a run does not wait for the parser to be compiled: some 200 ms of
 * CPU once in a process, which a worker has to spare before its first run.
 */
export async function warmUp(): Promise<void> {
  await extractFile(LANGUAGE, new TextEncoder().encode(SAMPLE));
}
