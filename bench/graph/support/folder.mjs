import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const LEFT_OUT = new Set(['.git', 'node_modules']);

/**
 * The regular files of a folder as the graph wants them: sorted paths with their git blob ids, which
 * are what a commit of the same files would give.
 */
export function filesOf(root) {
  const paths = [];
  const open = [''];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && !LEFT_OUT.has(entry.name)) open.push(path);
      else if (entry.isFile()) paths.push(path);
    }
  }
  return paths.sort().map((path) => fileAt(root, path));
}

function fileAt(root, path) {
  const { size } = statSync(join(root, path));
  let blobId;
  return {
    path,
    size,
    get blobId() {
      blobId ??= blobOf(readFileSync(join(root, path)));
      return blobId;
    },
    read: () => Promise.resolve(readFileSync(join(root, path))),
  };
}

/** The id git gives these bytes. */
function blobOf(bytes) {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}
