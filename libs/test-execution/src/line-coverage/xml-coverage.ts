import { posix } from 'node:path';
import { elements, parseXml } from '../results/xml.js';
import { type LineCoverage } from './coverage.js';

/** JaCoCo's XML: packages and source files, which `sourceFile` finds in the repository. */
export function jacocoLines(
  text: string,
  sourceFile: (suffix: string) => string | undefined,
): LineCoverage | null {
  // JaCoCo names a DTD; nothing of it is needed, and none is read.
  const root = parseXml(text.replace(/<!DOCTYPE[^>]*>/, ''));
  if (root === null || root.name !== 'report') return null;
  const lines: LineCoverage = new Map();
  for (const folder of elements(root, 'package')) {
    for (const source of folder.children.filter(({ name }) => name === 'sourcefile')) {
      const suffix = posix.join(folder.attributes['name'] ?? '', source.attributes['name'] ?? '');
      const file = sourceFile(suffix);
      if (file === undefined) continue;
      const hits = new Map<number, number>();
      for (const { name, attributes } of source.children) {
        if (name === 'line') hits.set(Number(attributes['nr']), Number(attributes['ci'] ?? 0));
      }
      lines.set(file, hits);
    }
  }
  return lines;
}

/**
 * Cobertura's XML as coverlet writes it: files below one of its sources, with the separators of the machine it ran on.
 * A file with several classes is there several times. `repositoryFile` finds the whole path in the repository.
 */
export function coberturaLines(
  text: string,
  repositoryFile: (path: string) => string | undefined,
): LineCoverage | null {
  const root = parseXml(text.replace(/^\uFEFF/, '').replace(/<!DOCTYPE[^>]*>/, ''));
  if (root === null || root.name !== 'coverage') return null;
  const sources = elements(root, 'source').map(({ text: folder }) => slashes(folder.trim()));
  const lines: LineCoverage = new Map();
  for (const one of elements(root, 'class')) {
    const name = slashes(one.attributes['filename'] ?? '');
    const file = [...sources.map((source) => posix.join(source, name)), name]
      .map(repositoryFile)
      .find((path) => path !== undefined);
    if (file === undefined) continue;
    const hits = lines.get(file) ?? new Map<number, number>();
    lines.set(file, hits);
    // Lines of methods are repeated below the class.
    for (const list of one.children.filter((child) => child.name === 'lines'))
      for (const { attributes } of elements(list, 'line')) {
        const line = Number(attributes['number']);
        hits.set(line, Math.max(hits.get(line) ?? 0, Number(attributes['hits'] ?? 0)));
      }
  }
  return lines;
}

function slashes(path: string): string {
  return path.replaceAll('\\', '/');
}
