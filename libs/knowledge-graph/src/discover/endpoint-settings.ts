import type { EndpointSettings } from '../endpoints/find-endpoints.js';
import { folderOf, parseObject } from './project-facts.js';

/** What package manifests and application settings say about routes. */
export function readEndpointSettings(manifests: ReadonlyMap<string, string>): EndpointSettings {
  const nextRoots = new Map<string, string>();
  let springContextPath = '';
  for (const [path, text] of manifests) {
    if (path.endsWith('package.json') && usesNext(text)) {
      const folder = folderOf(path);
      nextRoots.set(folder, nextRoots.get(folder) ?? '');
    }
    if (/(?:^|\/)application\.(?:properties|ya?ml)$/.test(path))
      springContextPath ||= contextPath(text);
  }
  for (const [path, text] of manifests) {
    if (!/(?:^|\/)next\.config\.\w+$/.test(path)) continue;
    const basePath = /\bbasePath\s*:\s*["'`]([^"'`]*)["'`]/.exec(text)?.[1] ?? '';
    nextRoots.set(folderOf(path), basePath);
  }
  return { nextRoots, springContextPath };
}

function usesNext(text: string): boolean {
  const manifest = parseObject(text);
  return ['dependencies', 'devDependencies', 'peerDependencies'].some((key) => {
    const held = manifest?.[key];
    return typeof held === 'object' && held !== null && 'next' in held;
  });
}

function contextPath(text: string): string {
  const flat = /^\s*server\.servlet\.context-path\s*[=:]\s*["']?([^\s"']+)/m.exec(text)?.[1];
  const nested =
    /^server:\s*\n(?:[ \t]+.*\n)*?[ \t]+servlet:\s*\n(?:[ \t]+.*\n)*?[ \t]+context-path:\s*["']?([^\s"']+)/m.exec(
      text,
    )?.[1];
  return flat ?? nested ?? '';
}
