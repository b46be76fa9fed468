import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { buildGraph } from '../../../libs/knowledge-graph/dist/index.js';

/** `METHOD path` of every endpoint in the graph of a folder. */
export async function routesInGraph(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile() && !/node_modules|__pycache__/.test(one.parentPath))
    .map((one) => {
      const path = join(one.parentPath, one.name);
      const bytes = readFileSync(path);
      const blobId = createHash('sha1').update(bytes).digest('hex');
      return { path: relative(folder, path), size: bytes.length, blobId, read: async () => bytes };
    });
  const project = { name: 'sample', gitSha: '0'.repeat(40), rootPath: '' };
  const { endpoints } = await buildGraph({ files, project });
  return endpoints.map(({ method, path }) => `${method} ${path}`);
}
